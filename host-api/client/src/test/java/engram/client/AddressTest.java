package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class AddressTest {
  @Test
  void aHostHasAPortOrTheUsualOne() {
    assertThat(Address.parse("engram://localhost"))
        .hasToString("localhost:7711")
        .returns(false, Address::tls)
        .returns("", Address::token);
    assertThat(Address.parse("engrams://chips.example:9000/"))
        .hasToString("chips.example:9000")
        .returns(true, Address::tls)
        .returns("chips.example", Address::host);
    assertThat(Address.parse("engram://[::1]:80"))
        .hasToString("[::1]:80")
        .returns("::1", Address::host);
  }

  @Test
  void aTokenIsDecodedAndNeverShown() {
    var address = Address.parse("engram://localhost?token=a%2Bb%3D");
    assertThat(address.token()).isEqualTo("a+b=");
    assertThat(address.toString()).doesNotContain("a+b");
    assertThatThrownBy(() -> Address.parse("engram:///?token=verysecret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("verysecret");
    assertThat(ConnectOptions.DEFAULT.withToken("verysecret").toString())
        .doesNotContain("verysecret");
  }

  @Test
  void aUnixSocketIsAPath() {
    assertThat(Address.parse("engram+unix:///run/engram.sock"))
        .returns(true, Address::unix)
        .returns(UnixDomainSocketAddress.of(Path.of("/run/engram.sock")), Address::socket);
  }

  @Test
  void whatIsNoAddressIsRefusedWithTheReason() {
    assertThatThrownBy(() -> Address.parse("http://localhost"))
        .hasMessageContaining("scheme: 'http'");
    assertThatThrownBy(() -> Address.parse("localhost:7711")).hasMessageContaining("scheme");
    assertThatThrownBy(() -> Address.parse("engram://localhost:99999"))
        .hasMessageContaining("99999");
    assertThatThrownBy(() -> Address.parse("engram://localhost/chip"))
        .hasMessageContaining("/chip");
    assertThatThrownBy(() -> Address.parse("engram://localhost?tokn=1"))
        .hasMessageContaining("token");
    assertThatThrownBy(() -> Address.parse("engram+unix://run/x")).hasMessageContaining("no path");
    assertThatThrownBy(() -> Address.parse("engram://ho st"))
        .hasMessageContaining("engram://ho st");
  }
}
