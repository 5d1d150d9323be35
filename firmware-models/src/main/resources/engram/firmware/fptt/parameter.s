; FPTT (Kag and Saligrama 2021), one parameter: a gradient of this step alone, an update at every
; step that the host marks, pulled toward its own running average. The optimiser is sign-momentum,
; which needs no root and no quotient. ALPHA = 2^-A and beta = 1/2, so that all products are shifts.
;   g      = G + alpha (w - wbar) - lambda       G = L x, of this step
;   u      = 0.9 m + 0.1 g ;  m = 0.99 m + 0.01 g
;   w      = w - RATE sign(u)
;   lambda = lambda - alpha (w - wbar)
;   wbar   = wbar + (w - wbar) / 2 - lambda / (2 alpha)
; Words of a synapse: weight, wbar, lambda, m, with F fraction bits like the weight.
.program synapse parameter
.const  A    = 1
.const  RATE = 4                      ; least bits of the weight
.global update : u1
.row    x
.post   l
.tag    wbar   : s20
.tag    lambda : s20
.tag    m      : s24
.trigger now = update

        ld    r0, l
        ld    r1, x
        mul   r0, r0, r1, 15, stochastic
        ld    r2, w
        ld    r3, wbar
        ld    r4, lambda
        sub   r5, r2, r3
        shr   r5, r5, A, stochastic
        add   r0, r0, r5
        sub   r0, r0, r4              ; g

        ld    r6, m
        macz  r6, 58982               ; 0.9 of 2^16
        mac   r0, 6554                ; 0.1
        nar   r7, 16, nearest         ; u
        macz  r6, 64881               ; 0.99
        mac   r0, 655                 ; 0.01
        nar   r6, 16, stochastic
        st    m, r6
        sgn   r7, r7
        mul   r7, r7, RATE, 0
        sub   r2, r2, r7
        st    w, r2

        sub   r5, r2, r3              ; w - wbar
        shr   r8, r5, A, stochastic
        sub   r4, r4, r8
        st    lambda, r4
        shr   r5, r5, 1, stochastic
        add   r3, r3, r5
        shl   r4, r4, A
        shr   r4, r4, 1, stochastic
        sub   r3, r3, r4
        st    wbar, r3
