; Current-based leaky integrate-and-fire: the input feeds a current u that decays, u feeds the
; membrane v that decays, v fires above THRESHOLD and goes back to zero. Decays are of 4096, as on
; Loihi: u = u * (4096 - CURRENT_DECAY) / 4096 + input, toward zero (Davies et al. 2018).
.program neuron cuba_lif
.const  CURRENT_DECAY = 1024
.const  VOLTAGE_DECAY = 128
.const  THRESHOLD     = 6400
.acc    in : s24
.field  u  : s24
.field  v  : s24
.stream spike
.active touched or u or v

        ld    r0, u
        mul   r0, r0, 4096 - CURRENT_DECAY, 12, zero
        ld    r1, in
        add   r0, r0, r1
        st    u, r0
        ld    r2, v
        mul   r2, r2, 4096 - VOLTAGE_DECAY, 12, zero
        add   r2, r2, r0
        cmpgt p1, r2, THRESHOLD
  (p1)  emit  spike
  (p1)  mov   r2, 0
        st    v, r2
