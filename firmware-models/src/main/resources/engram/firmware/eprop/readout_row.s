; Rows of e-prop's read-out: the trace as in trace.s, and the sum of w err that the synapses of the
; row added up in the last step, sent back to the hidden neuron.
.program row readout_row
.const  ALPHA = 31170                 ; of 2^15
.field  zbar : u20 q(15)
.acc    back : s32
.stream signal sums back
.trigger each = step

        ld    r0, zbar
        mul   r0, r0, ALPHA, 15, stochastic
        ld    r1, payload
        shl   r1, r1, 15
        add   r0, r0, r1
        st    zbar, r0
        emit  signal
