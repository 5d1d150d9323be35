; e-prop for adaptive neurons, every step (in the form of GeNN, which is Bellec's):
;   e    = psi zbar - psi BETA eps
;   eps  = RHO eps + e            slow eligibility
;   ebar = KAPPA ebar + e         filtered by the read-out's leak
;   g    = g + L ebar             gradient, summed until the host says `update`
;   w    = w - g / 2^ETA          then
; Words of a synapse: weight, eps, ebar, g.
.program synapse alif_synapse
.const  RHO   = 32752                 ; of 2^15
.const  KAPPA = 31170                 ; of 2^15
.const  ETA   = 8
.global update : u1
.row    zbar
.post   psi, psib, l
.tag    eps  : s20 q(15)
.tag    ebar : s20 q(15)
.tag    g    : s32
.trigger each = step

        ld    r0, psi
        ld    r1, zbar
        ld    r2, psib
        ld    r3, eps
        macz  r0, r1
        mas   r2, r3
        nar   r4, 15, stochastic      ; e
        mul   r3, r3, RHO, 15, stochastic
        add   r3, r3, r4
        st    eps, r3
        ld    r5, ebar
        mul   r5, r5, KAPPA, 15, stochastic
        add   r5, r5, r4
        st    ebar, r5
        ld    r6, l
        mul   r7, r6, r5, 15, stochastic
        ld    r8, g
        add   r8, r8, r7

        ld    r9, update
        cmpne p1, r9, 0
        ld    r10, w
  (p1)  shr   r11, r8, ETA, stochastic
  (p1)  sub   r10, r10, r11
  (p1)  mov   r8, 0
        st    g, r8
        st    w, r10
