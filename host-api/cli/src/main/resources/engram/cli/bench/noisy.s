; Leaky integrator that fires by chance, whatever its input: the activity of a benchmark is what the
; benchmark says.
.program neuron noisy
.const  RATE = 655                    ; spikes in 65536 steps
.acc    in : s24
.field  v  : s24
.stream spike

        ld    r0, v
        mul   r0, r0, 3686, 12, zero
        ld    r1, in
        add   r0, r0, r1
        bern  p1, RATE, 16
  (p1)  emit  spike
  (p1)  mov   r0, 0
        st    v, r0
