; Leaky integrate-and-fire as lif.s, with a post-synaptic trace for STDP.
.program neuron neuron
.const  F         = 6
.const  LEAK      = 3686
.const  THRESHOLD = 1 q(F)
.const  DECAY     = 31170
.const  JUMP      = 64
.acc    in : s24 q(F)
.field  v  : s24 q(F)
.field  y1 : u16
.stream spike
.active touched or v or y1

        ld    r0, v
        mul   r0, r0, LEAK, 12, zero
        ld    r1, in
        add   r0, r0, r1
        cmpge p1, r0, THRESHOLD
  (p1)  emit  spike
  (p1)  mov   r0, 0
        st    v, r0
        ld    r2, y1
        mul   r2, r2, DECAY, 15, stochastic
  (p1)  add   r2, r2, JUMP
        st    y1, r2
