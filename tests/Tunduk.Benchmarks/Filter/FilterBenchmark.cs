using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Xml;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Benchmarks.Filter;

/// <summary>
/// What filtering adds to an exchange: a 2 KB response by a list of 20 paths, the same by 500 paths, larger messages
/// by the same list, and the look-up and loading of 10,000 agreements. Sides alternate; each warms up until two
/// successive windows differ by less than 5 %.
/// </summary>
internal static class FilterBenchmark
{
    private const int Agreements = 10_000;

    public static int Run(string[] options)
    {
        bool json = options.Contains("--json", StringComparer.Ordinal);
        byte[] small = Response(2048);
        byte[] large = Response(64 * 1024);
        FieldList twenty = List(20);
        FieldList fiveHundred = List(500);
        ArrayBufferWriter<byte> output = new(128 * 1024);
        byte[] xml = Element(2048);
        XmlNamespaceRule namespaces = new(["urn:sandbox"]);
        (double[] micros, double[] cpu) = Alternate(
            () => Filter(twenty, small, output),
            () => Filter(fiveHundred, small, output),
            () => Filter(twenty, large, output),
            () => FilterXml(twenty, namespaces, xml));
        (double loadSeconds, double loadCpuSeconds, double reloadSeconds, double findNanoseconds, double longestWait) = Store();
        JsonObject result = new()
        {
            ["benchmark"] = "filter",
            ["messageBytes"] = small.Length,
            ["addedMicroseconds"] = Math.Round(micros[0], 2),
            ["addedMicroseconds500Paths"] = Math.Round(micros[1], 2),
            ["largeMessageBytes"] = large.Length,
            ["addedMicrosecondsLarge"] = Math.Round(micros[2], 2),
            ["microsecondsPerKiB"] = Math.Round(micros[2] / (large.Length / 1024.0), 3),
            ["xmlBytes"] = xml.Length,
            ["addedMicrosecondsXml"] = Math.Round(micros[3], 2),
            ["addedCpuMicroseconds"] = Math.Round(cpu[0], 2),
            ["addedCpuMicroseconds500Paths"] = Math.Round(cpu[1], 2),
            ["addedCpuMicrosecondsLarge"] = Math.Round(cpu[2], 2),
            ["addedCpuMicrosecondsXml"] = Math.Round(cpu[3], 2),
            ["agreements"] = Agreements,
            ["loadSeconds"] = Math.Round(loadSeconds, 2),
            ["loadCpuSeconds"] = Math.Round(loadCpuSeconds, 2),
            ["reloadSeconds"] = Math.Round(reloadSeconds, 3),
            ["findNanoseconds"] = Math.Round(findNanoseconds, 1),
            ["longestFindWhileReloadingMilliseconds"] = Math.Round(longestWait, 2),
            ["processors"] = Environment.ProcessorCount,
            ["serverGc"] = System.Runtime.GCSettings.IsServerGC,
        };
        Console.WriteLine(result.ToJsonString(new JsonSerializerOptions { WriteIndented = !json }));
        return 0;
    }

    private static void Filter(FieldList list, byte[] message, ArrayBufferWriter<byte> output)
    {
        output.ResetWrittenCount();
        if (JsonFieldFilter.Apply(list, message, output).IsRefused)
        {
            throw new InvalidOperationException("the benchmark's message was refused");
        }
    }

    // As a SOAP message is filtered: what is left of it is read once more, so that nothing of the sender's spelling leaves.
    private static void FilterXml(FieldList list, XmlNamespaceRule namespaces, byte[] message)
    {
        if (!XmlTape.TryParse(message, out XmlTape? tape, out _))
        {
            throw new InvalidOperationException("the benchmark's message is not well formed");
        }

        using (tape)
        {
            ArrayBufferWriter<byte> output = new(message.Length);
            if (XmlFieldFilter.ApplyToElement(list, tape.Root, namespaces, output).Fields.IsRefused)
            {
                throw new InvalidOperationException("the benchmark's message was refused");
            }

            XmlNeutral.Apply(output.WrittenMemory, out _);
        }
    }

    /// <summary>
    /// Microseconds of one call of each side, by the clock and by processor time, which others on the machine do not lengthen: the
    /// best window of each, the sides taking turns.
    /// </summary>
    private static (double[] Clock, double[] Cpu) Alternate(params Action[] sides)
    {
        double[] clock = new double[sides.Length];
        double[] cpu = new double[sides.Length];
        Array.Fill(clock, double.MaxValue);
        Array.Fill(cpu, double.MaxValue);
        double before = 0;
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < sides.Length; i++)
            {
                (double wall, double used) = Window(sides[i]);
                clock[i] = Math.Min(clock[i], wall);
                cpu[i] = Math.Min(cpu[i], used);
            }

            double sum = cpu.Sum();
            if (round > 10 && Math.Abs(sum - before) < 0.05 * sum)
            {
                break;
            }

            before = sum;
        }

        return (clock, cpu);
    }

    private static (double Clock, double Cpu) Window(Action side)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        do
        {
            side();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(60) || (Environment.CpuUsage.TotalTime - used).TotalMilliseconds < 40);
        return (Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls, (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / calls);
    }

    private static (double Load, double LoadCpu, double Reload, double FindNanoseconds, double LongestWait) Store()
    {
        string root = Directory.CreateTempSubdirectory("filter-benchmark-").FullName;
        try
        {
            string folder = Directory.CreateDirectory(Path.Combine(root, "agreements")).FullName;
            for (int i = 0; i < Agreements; i++)
            {
                File.WriteAllText(Path.Combine(folder, $"a{i:D5}.yaml"), Document(i));
            }

            AgreementStore store = new(new AgreementStoreOptions { Folder = folder, StateFolder = Path.Combine(root, "state"), Proof = AgreementProof.Folder }, null, TimeProvider.System);
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            store.Reload();
            double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double loadCpu = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            store.Reload();
            double reload = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double longest = LongestFindWhileReloading(store);
            return (load, loadCpu, reload, FindNanoseconds(store.Current), longest);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Milliseconds of the longest look-up while every document is read anew: an exchange never waits for a reload.</summary>
    private static double LongestFindWhileReloading(AgreementStore store)
    {
        ClientId own = ClientId.Parse("sandbox/GOV/70009001/registry");
        ServiceId service = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1");
        ClientId counterparty = ClientId.Parse("sandbox/COM/60000000/loans");
        DateTimeOffset now = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        Task reload = Task.Run(() => store.Reload(contractsChanged: true));
        double longest = 0;
        while (!reload.IsCompleted)
        {
            long start = Stopwatch.GetTimestamp();
            if (!store.Current.Find(own, counterparty, service, AgreementRole.Provider, now).IsFound)
            {
                throw new InvalidOperationException("the agreement was not in force while the folder was read");
            }

            longest = Math.Max(longest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return longest;
    }

    private static double FindNanoseconds(AgreementSnapshot snapshot)
    {
        ClientId own = ClientId.Parse("sandbox/GOV/70009001/registry");
        ServiceId service = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1");
        ClientId[] counterparties = [.. Enumerable.Range(0, Agreements).Select(i => ClientId.Parse($"sandbox/COM/{60_000_000 + i}/loans"))];
        DateTimeOffset now = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        double best = double.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (ClientId counterparty in counterparties)
            {
                if (!snapshot.Find(own, counterparty, service, AgreementRole.Provider, now).IsFound)
                {
                    throw new InvalidOperationException("the benchmark's agreement was not found");
                }
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Agreements);
        }

        return best;
    }

    private static string Document(int i) => string.Create(CultureInfo.InvariantCulture, $$"""
        agreement: SLA-{{i}}
        version: 1
        own: sandbox/GOV/70009001/registry
        counterparty: sandbox/COM/{{60_000_000 + i}}/loans
        role: provider
        basis: { kind: sla, reference: "SLA No. {{i}}", date: 2026-03-01 }
        valid: { from: 2026-03-01, until: 2027-03-01 }
        purposes: [loan-scoring]
        services:
          - service: getPerson/v1
            request:  { allow: [pin] }
            response: { allow: [surname, name, patronymic, gender, dateOfBirth, nationality, maritalStatus, address/region, address/city, address/street, documents/type, documents/number], unlisted: remove }
            persons: [ { path: request/pin, kind: pin } ]
        archive: { content: filtered, retain: P3Y, confirmedBy: "Owner", basis: "Order 5" }

        """);

    /// <summary>Paths f0 … and d/f0 …: the first forty name fields of the message, the rest do not occur.</summary>
    private static FieldList List(int paths)
    {
        FieldPath[] allow = [.. Enumerable.Range(0, paths).Select(i => FieldPath.Parse(i % 2 == 0 ? $"field{i}" : $"documents/field{i}"))];
        FieldPath[] known = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { FieldPath.Parse($"response/field{i}"), FieldPath.Parse($"response/documents/field{i}") })];
        return FieldList.ForResponse(new FieldRules { Allow = allow }, new FieldRules { Allow = [FieldPath.Parse("pin")] }, known);
    }

    /// <summary>The same answer as the element of a SOAP body.</summary>
    private static byte[] Element(int bytes)
    {
        StringBuilder text = new("""<p:opResponse xmlns:p="urn:sandbox"><p:request><p:pin>20101199000000</p:pin></p:request><p:response>""");
        for (int i = 0; i < 20; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"<p:field{i}>value {i} of an invented person</p:field{i}>");
        }

        for (int i = 0; text.Length < bytes - 150; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"<p:documents><p:field1>AN{1000000 + i}</p:field1><p:field3>true</p:field3><p:field30>2026-01-01</p:field30></p:documents>");
        }

        return Encoding.UTF8.GetBytes(text.Append("</p:response></p:opResponse>").ToString());
    }

    /// <summary>About half of the fields are on the list of twenty.</summary>
    private static byte[] Response(int bytes)
    {
        StringBuilder text = new("""{"request":{"pin":"20101199000000","clientid":"loans"},"response":{""");
        for (int i = 0; i < 20; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"field{i}\":\"value {i} of an invented person\",");
        }

        text.Append("\"documents\":[");
        for (int i = 0; text.Length < bytes - 150; i++)
        {
            text.Append(i == 0 ? null : ",").Append(CultureInfo.InvariantCulture, $"{{\"field1\":\"AN{1000000 + i}\",\"field3\":true,\"field5\":{i},\"field30\":\"2026-01-01\",\"field31\":null}}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}}").ToString());
    }
}
