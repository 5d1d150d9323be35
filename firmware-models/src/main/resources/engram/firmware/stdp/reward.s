; Reward-modulated STDP: a pair of spikes leaves its mark in a tag, the tag decays once in 2^EPOCH
; steps, a reward makes it a weight change (the rule strings of Loihi's R-STDP):
;   tag = tag + UP x1 y0 - DOWN x0 y1,   w = w + reward tag / 2^SHIFT
; A trace includes the spike of its own step, so a pair within one step marks both ways.
.program synapse reward
.const  UP    = 2
.const  DOWN  = 2
.const  DECAY = 30000                 ; of 2^15, each 16 steps
.const  SHIFT = 6
.global reward : s8
.row    x1
.post   y1, spike
.tag    tag : s16
.trigger before = pre
.trigger after  = post.spike
.trigger decay  = every 16
.trigger pay    = reward

        ld    r0, tag
        cause p1, decay
  (p1)  mul   r0, r0, DECAY, 15, stochastic
        cause p2, after
        ld    r1, x1
        mul   r1, r1, UP, 0
  (p2)  add   r0, r0, r1
        cause p3, before
        ld    r2, y1
        mul   r2, r2, DOWN, 0
  (p3)  sub   r0, r0, r2
        st    tag, r0

        cause p4, pay
        ld    r3, reward
        mul   r3, r3, r0, SHIFT, stochastic
        ld    r4, w
  (p4)  add   r4, r4, r3
        st    w, r4
