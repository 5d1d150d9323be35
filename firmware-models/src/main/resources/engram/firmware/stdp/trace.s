; Pre-synaptic trace of STDP: decays by DECAY / 2^15 a step, jumps by JUMP at a spike.
.program row trace
.const  DECAY = 31170
.const  JUMP  = 64
.field  x1 : u16
.trigger each = step
.active touched or x1

        ld    r0, x1
        mul   r0, r0, DECAY, 15, stochastic
        ld    r1, payload
        cmpne p1, r1, 0
  (p1)  add   r0, r0, JUMP
        st    x1, r0
