using System.Diagnostics;
using System.Runtime;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tunduk.Benchmarks.Signature;

/// <summary>
/// The whole product path of signing and verifying a 2 KB envelope (parsing, strict checks and ta:Exchange included, trust
/// cached) against the bare RSA-2048 operation: one SHA-256 of the bytes and the RSA operation with the same key object.
/// </summary>
internal static class SignatureBenchmark
{
    private const int Rounds = 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public static int Run(string[] options)
    {
        bool isJson = options.Contains("--json", StringComparer.Ordinal);
        Console.WriteLine(Measure().ToJsonString(new JsonSerializerOptions { WriteIndented = !isJson }));
        return 0;
    }

    private static JsonObject Measure()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=loans.sandbox", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
        byte[] envelope = Encoding.UTF8.GetBytes(SignatureEnvelope.Build(2048));
        var path = new SoapPath(key, certificate, Now);
        byte[] signed = path.Sign(envelope);
        byte[] bareSignature = key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using RSA publicKey = certificate.GetRSAPublicKey()!;
        var rest = new RestPath(key, certificate, Now);
        byte[] restBare = key.SignData(rest.Body, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var trust = new TrustPath(certificate, Now);
        string frameworkSigned = SignedXmlPath.Sign(Encoding.UTF8.GetString(envelope), key);

        (string Name, Action Operation)[] operations =
        [
            ("bareSign", () => key.SignData(envelope, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ("sign", () => path.Sign(envelope)),
            ("bareVerify", () => publicKey.VerifyData(signed, bareSignature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ("verify", () => path.Verify(signed)),
            ("restBareSign", () => key.SignData(rest.Body, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ("restSign", () => rest.Sign()),
            ("restBareVerify", () => publicKey.VerifyData(rest.Body, restBare, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ("restVerify", rest.Verify),
            ("signedXmlSign", () => SignedXmlPath.Sign(Encoding.UTF8.GetString(envelope), key)),
            ("signedXmlVerify", () => SignedXmlPath.Verify(frameworkSigned, publicKey)),
            ("parse", () => SoapPath.Parse(envelope)),
            ("prepare", () => path.Prepare(envelope)),
            ("trust", trust.Decide),
        ];
        var best = new Dictionary<string, double>();
        var cpu = new Dictionary<string, double>();
        foreach ((string name, Action operation) in operations)
        {
            WarmUp(operation);
            best[name] = 0;
            cpu[name] = double.MaxValue;
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach (var pair in operations.Chunk(2))
            {
                foreach ((string name, double rate, double used) in Interleaved(pair))
                {
                    best[name] = Math.Max(best[name], rate);
                    cpu[name] = Math.Min(cpu[name], used);
                }
            }
        }

        return new JsonObject
        {
            ["benchmark"] = "signature",
            ["signToBare"] = Math.Round(best["sign"] / best["bareSign"], 3),
            ["verifyToBare"] = Math.Round(best["verify"] / best["bareVerify"], 3),
            ["restSignToBare"] = Math.Round(best["restSign"] / best["restBareSign"], 3),
            ["restVerifyToBare"] = Math.Round(best["restVerify"] / best["restBareVerify"], 3),
            ["signToSignedXml"] = Math.Round(best["sign"] / best["signedXmlSign"], 2),
            ["verifyToSignedXml"] = Math.Round(best["verify"] / best["signedXmlVerify"], 2),
            // Processor time of the whole process, collector included: what holds on a machine that others use too.
            ["signToBareByCpu"] = Math.Round(cpu["bareSign"] / cpu["sign"], 3),
            ["verifyToBareByCpu"] = Math.Round(cpu["bareVerify"] / cpu["verify"], 3),
            ["restSignToBareByCpu"] = Math.Round(cpu["restBareSign"] / cpu["restSign"], 3),
            ["restVerifyToBareByCpu"] = Math.Round(cpu["restBareVerify"] / cpu["restVerify"], 3),
            ["cpuMicroseconds"] = new JsonObject(cpu.Select(entry =>
                KeyValuePair.Create<string, JsonNode?>(entry.Key, Math.Round(entry.Value, 2)))),
            ["bareSignPerSecond"] = Math.Round(best["bareSign"]),
            ["signPerSecond"] = Math.Round(best["sign"]),
            ["bareVerifyPerSecond"] = Math.Round(best["bareVerify"]),
            ["verifyPerSecond"] = Math.Round(best["verify"]),
            ["signedXmlSignPerSecond"] = Math.Round(best["signedXmlSign"]),
            ["signedXmlVerifyPerSecond"] = Math.Round(best["signedXmlVerify"]),
            ["parseMicroseconds"] = Math.Round(1e6 / best["parse"], 2),
            ["trustMicroseconds"] = Math.Round(1e6 / best["trust"], 2),
            ["signAllocatedBytes"] = Allocated(() => path.Sign(envelope)),
            ["verifyAllocatedBytes"] = Allocated(() => path.Verify(signed)),
            ["twoThreads"] = TwoThreads(operations),
            ["largeBodies"] = LargeBodies(path),
            ["envelopeBytes"] = envelope.Length,
            ["signedBytes"] = signed.Length,
            ["processors"] = Environment.ProcessorCount,
            ["gc"] = GCSettings.IsServerGC ? "server" : "workstation",
            ["gcLatency"] = GCSettings.LatencyMode.ToString(),
            ["runtime"] = Environment.Version.ToString(),
        };
    }

    /// <summary>
    /// One round of two operations that are held against each other: by turns in slices, so that both meet the same clock of the
    /// processor and the same neighbours. Operations a second, and processor microseconds of one.
    /// </summary>
    private static IEnumerable<(string Name, double Rate, double Cpu)> Interleaved((string Name, Action Operation)[] pair)
    {
        const int Slices = 40;
        var elapsed = new double[pair.Length];
        var used = new double[pair.Length];
        var counts = new int[pair.Length];
        for (int slice = 0; slice < Slices; slice++)
        {
            for (int i = 0; i < pair.Length; i++)
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                (double rate, int count) = Measure(pair[i].Operation, Window / Slices);
                elapsed[i] += count / rate;
                used[i] += (Environment.CpuUsage.TotalTime - before).TotalMicroseconds;
                counts[i] += count;
            }
        }

        return pair.Select((entry, i) => (entry.Name, counts[i] / elapsed[i], used[i] / counts[i]));
    }

    private static long Allocated(Action operation)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            operation();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
    }

    /// <summary>
    /// What a second thread brings, held against what it brings the bare operation in the same round; the median of the rounds,
    /// since what else runs on the machine changes from one to the next. By processor time: what an operation costs more when two run.
    /// </summary>
    private static JsonObject TwoThreads((string Name, Action Operation)[] operations)
    {
        const int Interleaved = 9;
        var byName = operations.Take(4).ToDictionary(entry => entry.Name, entry => entry.Operation, StringComparer.Ordinal);
        var result = new JsonObject();
        foreach ((string name, string bare) in (ReadOnlySpan<(string, string)>)[("sign", "bareSign"), ("verify", "bareVerify")])
        {
            var ratios = new List<double>();
            var byCpu = new List<double>();
            long contended = Monitor.LockContentionCount;
            int collections = GC.CollectionCount(0);
            for (int round = 0; round < Interleaved; round++)
            {
                (double bareAlone, double bareAloneCpu) = Threads(byName[bare], 1);
                (double alone, double aloneCpu) = Threads(byName[name], 1);
                (double bareTogether, double bareTogetherCpu) = Threads(byName[bare], 2);
                (double together, double togetherCpu) = Threads(byName[name], 2);
                ratios.Add(together / alone / (bareTogether / bareAlone));
                byCpu.Add(aloneCpu / togetherCpu / (bareAloneCpu / bareTogetherCpu));
            }

            result[name + "ScaleToBare"] = Math.Round(Median(ratios), 3);
            result[name + "ScaleToBareByCpu"] = Math.Round(Median(byCpu), 3);
            result[name + "LockContentions"] = Monitor.LockContentionCount - contended;
            result[name + "Collections"] = GC.CollectionCount(0) - collections;
        }

        return result;
    }

    /// <summary>Operations a second of so many threads, and processor microseconds of one.</summary>
    private static (double Rate, double Cpu) Threads(Action operation, int count)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Task<(double Rate, int Count)>[] tasks = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(() => Measure(operation, Window / 4), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(tasks);
        TimeSpan used = Environment.CpuUsage.TotalTime - before;
        return (tasks.Sum(task => task.Result.Rate), used.TotalMicroseconds / tasks.Sum(task => task.Result.Count));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>Milliseconds by size: the cost grows linearly.</summary>
    private static JsonArray LargeBodies(SoapPath path)
    {
        var rows = new JsonArray();
        foreach (int bytes in (int[])[100_000, 1_000_000, 10_000_000])
        {
            byte[] envelope = Encoding.UTF8.GetBytes(SignatureEnvelope.Build(bytes));
            byte[] signed = path.Sign(envelope);
            path.Verify(signed);
            rows.Add(new JsonObject
            {
                ["bytes"] = envelope.Length,
                ["signMilliseconds"] = Math.Round(Best(() => path.Sign(envelope)), 2),
                ["verifyMilliseconds"] = Math.Round(Best(() => path.Verify(signed)), 2),
            });
        }

        return rows;
    }

    private static double Best(Action operation)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            operation();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    /// <summary>Runs until two successive windows differ by less than 5 %.</summary>
    private static void WarmUp(Action operation)
    {
        double last = Rate(operation, Window / 2);
        for (int i = 0; i < 10; i++)
        {
            double next = Rate(operation, Window / 4);
            if (Math.Abs(next - last) < 0.05 * last)
            {
                return;
            }

            last = next;
        }
    }

    private static double Rate(Action operation, TimeSpan window) => Measure(operation, window).Rate;

    private static (double Rate, int Count) Measure(Action operation, TimeSpan window)
    {
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        TimeSpan elapsed;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                operation();
            }

            count += 16;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < window);
        return (count / elapsed.TotalSeconds, count);
    }
}
