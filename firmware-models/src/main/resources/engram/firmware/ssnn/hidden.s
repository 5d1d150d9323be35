; SSNN-BP, hidden composite neuron without memory. Three compartments in one lane: the forward one
; fires with probability clip(u, 0, 1); the two gradient ones fire with probability clip(+q, 0, 1)
; and clip(-q, 0, 1) where the gate was open when the forward spike of the same sample step was
; drawn, AGE steps ago.
.program neuron hidden
.const  F   = 10                      ; fraction bits of weights
.const  AGE = 2                       ; steps from the forward spike to its gradient: 2 (D + 1 - l)
.const  S   = 0                       ; the gradient is scaled by 2^-S
.acc    drive : s24 q(F)              ; u: weights of forward spikes, bias included
.acc    error : s24 q(F)              ; q: sum over k of w_jk (g+_k - g-_k)
.field  gate  : u1 history AGE + 1    ; 0 < u < 1
.stream spike history AGE + 1
.stream gplus
.stream gminus

        ld    r0, drive
        bern  p1, r0, F
  (p1)  emit  spike
        cmpgt p2, r0, 0
        cmplt p3, r0, 1 q(F)
        pand  p3, p2, p3
        mov   r1, 0
  (p3)  mov   r1, 1
        st    gate, r1

        ld    r2, gate@AGE
        ld    r3, error
        neg   r4, r3
        cmpne p4, r2, 0
        bern  p5, r3, F + S
        bern  p6, r4, F + S
        pand  p5, p5, p4
        pand  p6, p6, p4
  (p5)  emit  gplus
  (p6)  emit  gminus
