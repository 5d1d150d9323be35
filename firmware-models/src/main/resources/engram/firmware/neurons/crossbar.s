; A neuron in the manner of TrueNorth: a synapse is a bit, an axon has one of four types, and the
; neuron has a signed weight for each type. Each type has an accumulator, which counts the events of
; its axons that meet a set bit: v = v + sum of count * weight - LEAK, not below FLOOR; at THRESHOLD
; it fires and goes back to zero (Merolla et al. 2014).
.program neuron crossbar
.const  LEAK      = 0
.const  THRESHOLD = 64
.const  FLOOR     = -64
.acc    a0 : u9
.acc    a1 : u9
.acc    a2 : u9
.acc    a3 : u9
.param  w0 : s9
.param  w1 : s9
.param  w2 : s9
.param  w3 : s9
.field  v  : s20
.stream spike

        ld    r0, v
        ld    r1, a0
        ld    r2, w0
        mul   r1, r1, r2, 0
        add   r0, r0, r1
        ld    r1, a1
        ld    r2, w1
        mul   r1, r1, r2, 0
        add   r0, r0, r1
        ld    r1, a2
        ld    r2, w2
        mul   r1, r1, r2, 0
        add   r0, r0, r1
        ld    r1, a3
        ld    r2, w3
        mul   r1, r1, r2, 0
        add   r0, r0, r1
        sub   r0, r0, LEAK
        max   r0, r0, FLOOR
        cmpge p1, r0, THRESHOLD
  (p1)  emit  spike
  (p1)  mov   r0, 0
        st    v, r0
