; Leaky integrate-and-fire: v decays by LEAK / 4096 a step, takes the input, fires at THRESHOLD and
; goes back to zero. v has F fraction bits.
.program neuron lif
.const  F         = 6
.const  LEAK      = 3686              ; 0.9
.const  THRESHOLD = 1 q(F)
.acc    in : s24 q(F)
.field  v  : s24 q(F)
.stream spike
.active touched or v

        ld    r0, v
        mul   r0, r0, LEAK, 12, zero
        ld    r1, in
        add   r0, r0, r1
        cmpge p1, r0, THRESHOLD
  (p1)  emit  spike
  (p1)  mov   r0, 0
        st    v, r0
