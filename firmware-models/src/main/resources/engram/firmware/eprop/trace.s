; Pre-synaptic trace of e-prop: zbar = ALPHA zbar + z, one word a row and not one a synapse. The
; spike arrives one step after it was fired, as in z[t-1].
.program row trace
.const  ALPHA = 31170                 ; of 2^15: the membrane's leak
.field  zbar : u20 q(15)
.trigger each = step
.active touched or zbar

        ld    r0, zbar
        mul   r0, r0, ALPHA, 15, stochastic
        ld    r1, payload
        shl   r1, r1, 15
        add   r0, r0, r1
        st    zbar, r0
