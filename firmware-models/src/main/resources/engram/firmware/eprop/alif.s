; Adaptive leaky integrate-and-fire with what e-prop needs of it (Bellec et al. 2020, equations 8, 9,
; 22): v leaks by ALPHA, the spike of the last step is subtracted, the threshold rises by BETA times
; the slow trace a of own spikes. psi is the pseudo-derivative, GAMMA / vth * max(0, 1 - |v - A| / vth),
; zero while refractory. All of v, A, a have F fraction bits, factors are of 2^15.
.program neuron alif
.const  F      = 12
.const  ALPHA  = 31170                ; exp(-1 / 20) in steps
.const  RHO    = 32752                ; exp(-1 / 2000)
.const  BETA   = 570                  ; 0.0174 of 2^15
.const  VTH    = 0.6 q(F)
.const  GAMMA  = 0.3 q(15)
.const  REST   = 5                    ; refractory steps
.acc    in     : s24 q(F)
.acc    signal : s24 q(F)             ; L: the learning signal
.field  v      : s24 q(F)
.field  a      : s24 q(F)
.field  psi    : u16 q(15)
.field  psib   : u16 q(15)            ; psi * BETA
.field  l      : s24 q(F)
.field  rest   : u8
.stream spike history 2

        ld    r0, v
        mul   r0, r0, ALPHA, 15, stochastic
        ld    r1, in
        add   r0, r0, r1
        ld    r2, spike@1
        cmpne p1, r2, 0
  (p1)  sub   r0, r0, VTH             ; reset by subtraction
        st    v, r0

        ld    r3, a
        mul   r3, r3, RHO, 15, stochastic
  (p1)  add   r3, r3, 1 q(F)
        st    a, r3
        mul   r3, r3, BETA, 15, nearest
        add   r3, r3, VTH             ; A
        sub   r4, r0, r3              ; v - A

        ld    r5, rest
        cmpeq p2, r5, 0               ; awake
        sub   r5, r5, 1
        max   r5, r5, 0
        cmpgt p3, r4, 0
        pand  p3, p3, p2
  (p3)  emit  spike
  (p3)  mov   r5, REST
        st    rest, r5

        abs   r6, r4
        mov   r7, VTH
        sub   r7, r7, r6
        max   r7, r7, 0
        mul   r7, r7, GAMMA, 0
        mul   r7, r7, (1 << 24) / VTH, 24, nearest
  (!p2) mov   r7, 0
        st    psi, r7
        mul   r8, r7, BETA, 15, nearest
        st    psib, r8
        ld    r9, signal
        st    l, r9
