; Encoder: emits a spike with probability x / 256 in every step.
; 256 is always: the value of a bias line or of a label that is set.
.program neuron bernoulli
.field  x : u9
.stream spike
.active when x != 0

        ld    r0, x
        bern  p1, r0, 8
  (p1)  emit  spike
