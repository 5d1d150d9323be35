package engram.firmware;

import engram.chip.*;
import engram.chip.preset.*;
import engram.firmware.data.*;
import engram.firmware.mapper.*;
import engram.firmware.ssnn.*;
import java.io.*;
import java.nio.file.*;
import java.util.zip.*;

class Smoke {
  static Idx idx(String n) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(Path.of("data/mnist/" + n + ".gz")))) {
      return Idx.read(in, n);
    }
  }

  public static void main(String[] a) throws Exception {
    int n = Integer.parseInt(a[0]), tests = Integer.parseInt(a[1]), epochs = Integer.parseInt(a[2]);
    var train =
        LabelledImages.of("t", idx("train-images-idx3-ubyte"), idx("train-labels-idx1-ubyte"));
    var test = LabelledImages.of("t", idx("t10k-images-idx3-ubyte"), idx("t10k-labels-idx1-ubyte"));
    var preset = Presets.named("engram-1");
    var mapping =
        Mapper.map(SsnnNetwork.of(SsnnSettings.defaults()), preset.spec(), Firmware.library());
    System.out.println(mapping.report());
    var chip = Chip.load(preset, mapping.image(), ChipOptions.reference());
    System.out.println(chip.loadReport().table());
    int[] px = new int[784];
    for (int e = 0; e < epochs; e++) {
      long t0 = System.nanoTime();
      int[] right = {0};
      var player =
          new SamplePlayer(
              chip,
              (tag, v) -> {
                if (best(v) == tag) right[0]++;
              });
      for (int i = 0; i < n; i++) {
        train.pixels(i, px);
        player.present(px, train.label(i), true, e * n + i, train.label(i), 16);
      }
      player.drain();
      double s = (System.nanoTime() - t0) / 1e9;
      var fork = chip.fork();
      int[] ok = {0};
      var p2 =
          new SamplePlayer(
              fork,
              (tag, v) -> {
                if (best(v) == tag) ok[0]++;
              });
      for (int i = 0; i < tests; i++) {
        test.pixels(i, px);
        p2.present(px, -1, false, 0x40000000 + i, test.label(i), 64);
      }
      p2.drain();
      System.out.printf(
          "epoch %d: %.0f samples/s, running %.2f %%, test %.2f %%%n",
          e, n / s, 100.0 * right[0] / n, 100.0 * ok[0] / tests);
    }
    var c = chip.cost();
    for (var k : Counter.values()) System.out.println(k.key() + " " + c.count(k));
    System.out.println(chip.energy(c));
    int[] w = chip.weights("w2"), m = chip.weights("m2");
    boolean same = true;
    for (int j = 0; j < 128; j++)
      for (int k = 0; k < 10; k++) same &= w[j * 10 + k] == m[k * 128 + j];
    System.out.println("mirror " + same);
    System.out.println(chip.stateDigest());
    System.exit(0);
  }

  static int best(int[] v) {
    int b = 0;
    for (int i = 1; i < v.length; i++) if (v[i] > v[b]) b = i;
    return b;
  }
}
