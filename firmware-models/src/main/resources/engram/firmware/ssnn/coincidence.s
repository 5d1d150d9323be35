; SSNN-BP, learning by coincidence alone: forward spike of i and gradient spike of j move the weight
; by one least bit, down for g+, up for g-. AGE brings both back to the same sample step. A
; coincidence counts with probability RATE / 65536: this is the only place where a learning rate is.
.program synapse coincidence
.const  AGE = 2                       ; steps from the forward spike to its gradient: 2 (D + 1 - l)
.global rate : u17 = 65536
.post   gplus, gminus
.trigger plus  = pre@AGE and post.gplus
.trigger minus = pre@AGE and post.gminus
.origin AGE

        ld    r0, w
        cause p1, plus
        cause p2, minus
        ld    r1, rate@AGE
        mov   r2, 0
  (p1)  sub   r2, r2, 1
  (p2)  add   r2, r2, 1
        bern  p3, r1, 16
  (p3)  add   r0, r0, r2
        st    w, r0
