; SSNN-BP, the same change on the mirrored copy: here the gradient spikes of k arrive as row events,
; with the sign of their line as payload, and the forward spikes of j are the neurons' own. Weight,
; draw and register are those of the original one step ago, so both copies stay equal.
.program synapse coincidence_mirror
.const  AGE = 2                       ; steps from the forward spike to the arrival of the gradient
.global rate : u17 = 65536
.post   spike
.trigger both = pre and post.spike@AGE
.origin AGE

        ld    r0, w
        ld    r2, payload
        neg   r2, r2
        ld    r1, rate@AGE
        bern  p3, r1, 16
  (p3)  add   r0, r0, r2
        st    w, r0
