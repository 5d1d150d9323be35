; Read-out synapse of e-prop: the gradient of its own weight, and the learning signal of the hidden
; neuron, sum over k of w_jk err_k, added up in the row where the weight lives.
.program synapse readout
.const  ETA = 8
.global update : u1
.row    zbar
.rowacc back
.post   err
.tag    g : s32
.trigger each = step

        ld    r0, err
        ld    r1, w
        rowadd back, r1, r0
        ld    r2, zbar
        mul   r2, r2, r0, 15, stochastic
        ld    r3, g
        add   r3, r3, r2
        ld    r4, update
        cmpne p1, r4, 0
  (p1)  shr   r5, r3, ETA, stochastic
  (p1)  sub   r1, r1, r5
  (p1)  mov   r3, 0
        st    g, r3
        st    w, r1
