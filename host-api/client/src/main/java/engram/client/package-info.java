/// The Java client: chips of a server, leased, loaded, run and watched over a socket.
///
/// ```java
/// try (var connection = Engram.connect("engram://localhost:7711");
///     var chip = connection.lease("engram-1")) {
///   chip.load(Firmware.network(yaml, programs));
///   chip.inject("input", new int[] {3, 5});
///   chip.run(100);
/// }
/// ```
///
/// A call blocks until it is answered; its twin whose name ends in `Async` gives a future instead,
/// and cancelling that future cancels the call on the server. Whatever fails throws an
/// [EngramException]. Everything here may be used by several threads. One daemon thread serves a
/// socket: it completes the futures, so what is chained to them must not block.
///
/// Descriptions, reports and costs are the messages of the protocol themselves, whose fields
/// `engram.v1` documents; what comes in numbers, such as events and samples, comes as arrays.
package engram.client;
