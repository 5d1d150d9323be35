; Encoder: one spike a sample, the earlier the larger x: at step (256 - x) * STEPS / 256. Zero is
; never.
.program neuron latency
.const  STEPS = 16
.field  x : u9
.stream spike
.active when x != 0

        ld    r0, x
        mov   r1, 256
        sub   r1, r1, r0
        mul   r1, r1, STEPS, 8
        ld    r2, step
        cmpeq p1, r1, r2
        cmpeq p2, r0, 0
        pnot  p2, p2
        pand  p1, p1, p2
  (p1)  emit  spike
