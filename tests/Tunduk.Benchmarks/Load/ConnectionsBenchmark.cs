using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Benchmarks.Exchange;

namespace Tunduk.Benchmarks.Load;

/// <summary>
/// What connections cost the consumer's adapter: idle ones, each of which has asked once and stays open, beside active ones
/// in a closed loop of exchanges. The figure is the most the process ever held in memory (<c>VmHWM</c>).
/// </summary>
/// <remarks>Options: <c>--idle 10000</c>, <c>--active 2000</c>, <c>--seconds 20</c>, <c>--json</c>. It needs twice as many file descriptors.</remarks>
internal static class ConnectionsBenchmark
{
    private const int OpenedAtOnce = 64;

    public static async Task<int> RunAsync(string[] args)
    {
        var idle = BenchmarkOptions.Int(args, "--idle", 10_000);
        var active = BenchmarkOptions.Int(args, "--active", 2_000);
        var length = TimeSpan.FromSeconds(BenchmarkOptions.Int(args, "--seconds", 20));
        var data = Directory.CreateTempSubdirectory("tunduk-benchmark-").FullName;
        try
        {
            await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = data, Consumer = root => Limit(root, active), Provider = root => Limit(root, active) });
            var atStart = Machine.ResidentMegabytes(world.Consumer.Id);
            var held = new Socket[idle];
            try
            {
                await Parallel.ForAsync(0, idle, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce }, async (i, _) => held[i] = await OpenAsync(world.GetPerson, world.Folders.ApiKey));
                var withIdle = Machine.ResidentMegabytes(world.Consumer.Id);

                var pins = InventedPopulation.Invent(DemonstrationRegister.Population).Select(person => person.Pin).ToArray();
                using var client = new PersonClient(world.GetPerson, world.Folders.ApiKey, pins);
                var window = await client.RunAsync(active, length);
                var alive = held.Count(IsOpen);
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    benchmark = "connections",
                    machine = Machine.Describe(),
                    idle,
                    idleStillOpen = alive,
                    active,
                    exchanges = window.Count,
                    failed = window.Failed,
                    refused = client.Refused,
                    exchangesPerSecond = Math.Round(window.PerSecond, 1),
                    startMb = Math.Round(atStart, 1),
                    idleMb = Math.Round(withIdle, 1),
                    peakMb = Math.Round(PeakMegabytes(world.Consumer.Id), 1),
                }));
                return alive == idle && window.Failed == 0 ? 0 : 1;
            }
            finally
            {
                foreach (var socket in held)
                {
                    socket?.Dispose();
                }
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static void Limit(JsonObject root, int active) => (root["Limits"] ??= new JsonObject())["MaxConcurrentExchanges"] = active * 5 / 4;

    // Connected, authenticated and answered once; then kept.
    private static async Task<Socket> OpenAsync(Uri address, string apiKey)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/services HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {apiKey}\r\n\r\n"));
        var answer = new byte[64];
        var read = await socket.ReceiveAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, read).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
            ? socket
            : throw new InvalidOperationException(Encoding.ASCII.GetString(answer, 0, read));
    }

    // Readable without anything to read is the end of a connection; what is left of the first answer is not.
    private static bool IsOpen(Socket socket)
    {
        var rest = new byte[16 * 1024];
        while (socket.Poll(0, SelectMode.SelectRead))
        {
            if (socket.Receive(rest) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static double PeakMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }
}
