using System.Buffers;
using System.Runtime;
using System.Text;
using System.Text.Json;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Benchmarks.Protocol;

/// <summary>
/// What the protocol costs: reading a 2 KB envelope and writing one with the same headers and body, on one thread. Prints
/// <c>microsecondsPerEnvelope</c> (CPU, both together) and <c>allocatedRatio</c> (allocated bytes for each byte of the message).
/// Then an attachment through an adapter process, a consumer's by SOAP, the same by JSON at an alias, and a provider's, up, down and
/// both in one exchange: <c>attachmentPeakMb</c> is the highest of the nine peaks of its resident memory. Options: <c>--attachment-mb 1024</c> (0: none), <c>--json</c>.
/// </summary>
internal static class ProtocolBenchmark
{
    private const int Batch = 5_000;

    public static async Task<int> RunAsync(string[] args)
    {
        byte[] message = Envelope();
        ArrayBufferWriter<byte> output = new(8192);

        // Warm until two successive windows differ by less than 5 %.
        double previous = double.MaxValue, current = Window(message, output).Microseconds;
        int windows = 1;
        while (Math.Abs(current - previous) > 0.05 * previous && windows++ < 40)
        {
            previous = current;
            current = Window(message, output).Microseconds;
        }

        double[] rounds = new double[9];
        double allocated = 0;
        for (int i = 0; i < rounds.Length; i++)
        {
            (rounds[i], allocated) = Window(message, output);
        }

        Array.Sort(rounds);
        Dictionary<string, object> result = new()
        {
            ["benchmark"] = "protocol",
            ["microsecondsPerEnvelope"] = Math.Round(rounds[rounds.Length / 2], 3),
            ["microsecondsFastest"] = Math.Round(rounds[0], 3),
            ["allocatedRatio"] = Math.Round(allocated / message.Length, 3),
            ["allocatedBytes"] = Math.Round(allocated),
            ["messageBytes"] = message.Length,
            ["processors"] = Environment.ProcessorCount,
            ["serverGc"] = GCSettings.IsServerGC,
            ["runtime"] = Environment.Version.ToString(),
        };
        var megabytes = BenchmarkOptions.Int(args, "--attachment-mb", 1024);
        if (megabytes > 0)
        {
            result["attachmentMb"] = megabytes;
            var peak = 0.0;
            foreach (var face in Enum.GetValues<AttachmentFace>())
            {
                await using var attachments = await AttachmentRun.StartAsync(Directory.CreateTempSubdirectory("tunduk-benchmark-").FullName, megabytes * 1024L * 1024, face);
                foreach (var (name, up, down) in new[] { ("Upload", true, false), ("Download", false, true), ("Echo", true, true) })
                {
                    var measured = await attachments.MeasureAsync(up, down);
                    result[$"attachment{(face == AttachmentFace.DropIn ? "" : face.ToString())}{name}PeakMb"] = measured;
                    peak = Math.Max(peak, measured);
                }
            }

            result["attachmentPeakMb"] = peak;
        }

        Console.WriteLine(Array.IndexOf(args, "--json") >= 0
            ? JsonSerializer.Serialize(result)
            : string.Join('\n', result.Select(p => $"{p.Key}: {p.Value}")));
        return 0;
    }

    private static (double Microseconds, double Allocated) Window(byte[] message, ArrayBufferWriter<byte> output)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Batch; i++)
        {
            if (!SoapMessage.TryRead(message, SoapReaderOptions.Default, out SoapMessage? read, out var fault))
            {
                throw new InvalidOperationException(fault.ToString());
            }

            using (read)
            {
                output.ResetWrittenCount();
                SoapWriter.WriteStart(output, read.Headers!, default);
                output.Write(read.BodyChild.OuterRange.Of(read.Tape.Source.Span));
                SoapWriter.WriteEnd(output);
            }
        }

        return ((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / Batch, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)Batch);
    }

    private static byte[] Envelope()
    {
        SoapHeaders headers = new()
        {
            Client = ClientId.Parse("sandbox/COM/60009001/loans"),
            Service = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1"),
            Id = "4f1c1b9e-0000-4000-8000-000000000001",
            UserId = "KG12345678901234",
            Issue = "loan-scoring 17",
        };
        StringBuilder body = new("<p:getPersonResponse xmlns:p=\"http://registry.sandbox/producer\"><p:request><p:pin>12345678901234</p:pin></p:request><p:response>");
        for (int i = 0; body.Length < 950; i++)
        {
            body.Append("<p:document><p:number>AN").Append(1_000_000 + i).Append("</p:number></p:document>");
        }

        body.Append("</p:response></p:getPersonResponse>");
        ArrayBufferWriter<byte> output = new();
        SoapWriter.Write(output, headers, default, Encoding.UTF8.GetBytes(body.ToString()));
        return output.WrittenSpan.ToArray();
    }
}
