; Encoder: x / 256 spikes a step at even distances, without chance. The fraction of a spike that is
; left over waits in `rest`; a new sample starts it at one half, so that the first spike is on time.
.program neuron rate
.field  x    : u9
.field  rest : u9
.stream spike

        ld    r0, x
        ld    r1, rest
        ld    r2, step
        cmpeq p1, r2, 0
  (p1)  mov   r1, 128
        add   r1, r1, r0
        cmpge p2, r1, 256
  (p2)  emit  spike
  (p2)  sub   r1, r1, 256
        st    rest, r1
