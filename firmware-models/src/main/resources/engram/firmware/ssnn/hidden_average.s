; SSNN-BP, hidden composite neuron whose membrane is a running mean of its input: the plain mean of
; the sample's steps until there are 2^N of them, then v += (u - v) / 2^N. Otherwise as hidden.s.
; Dense grey images need it: the spikes of many half-lit pixels are too noisy for one step.
.program neuron hidden_average
.const  F   = 13                      ; fraction bits of weights
.const  AGE = 2                       ; steps from the forward spike to its gradient: 2 (D + 1 - l)
.const  S   = 0                       ; the gradient is scaled by 2^-S
.const  N   = 4                       ; 2^N steps are averaged; at most 6
.acc    drive : s26 q(F)              ; u
.acc    error : s26 q(F)              ; q
.field  mean  : s30 q(F + 4)          ; v, with four more fraction bits
.field  gate  : u1 history AGE + 1    ; 0 < v < 1
.stream spike history AGE + 1
.stream gplus
.stream gminus
.table  reciprocal : u17 =            ; 2^16 / (k + 1)
    65536, 32768, 21845, 16384, 13107, 10923, 9362, 8192, 7282, 6554, 5958, 5461,
    5041, 4681, 4369, 4096, 3855, 3641, 3449, 3277, 3121, 2979, 2849, 2731,
    2621, 2521, 2427, 2341, 2260, 2185, 2114, 2048, 1986, 1928, 1872, 1820,
    1771, 1725, 1680, 1638, 1598, 1560, 1524, 1489, 1456, 1425, 1394, 1365,
    1337, 1311, 1285, 1260, 1237, 1214, 1192, 1170, 1150, 1130, 1111, 1092,
    1074, 1057, 1040, 1024

        ld    r0, drive
        shl   r0, r0, 4
        ld    r1, mean
        sub   r0, r0, r1
        ld    r2, step
        lut   r3, reciprocal, r2
        mul   r4, r0, r3, 16, nearest
        cmpge p1, r2, (1 << N) - 1
  (p1)  shr   r4, r0, N, nearest
        add   r1, r1, r4
        cmpeq p1, r2, 0
  (p1)  ld    r1, drive
  (p1)  shl   r1, r1, 4
        st    mean, r1
        shr   r0, r1, 4

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
