; A learning rule of three factors with two words a synapse: pairs of traces leave their mark in a
; fast tag, the fast one feeds a slow one, a reward makes that a weight change:
;   fast = DECAY fast + x y,   slow = slow + (fast - slow) / 2^LAG,   w = w + reward slow / 2^SHIFT
.program synapse three_factor
.const  DECAY = 30000                 ; of 2^15
.const  LAG   = 4
.const  SHIFT = 10
.global reward : s8
.row    x1
.post   y1
.tag    fast : s16
.tag    slow : s16
.trigger each = step

        ld    r0, fast
        mul   r0, r0, DECAY, 15, stochastic
        ld    r1, x1
        ld    r2, y1
        mul   r3, r1, r2, 6
        add   r0, r0, r3
        st    fast, r0
        ld    r4, slow
        sub   r5, r0, r4
        shr   r5, r5, LAG, stochastic
        add   r4, r4, r5
        st    slow, r4
        ld    r6, reward
        mul   r6, r6, r4, SHIFT, stochastic
        ld    r7, w
        add   r7, r7, r6
        st    w, r7
