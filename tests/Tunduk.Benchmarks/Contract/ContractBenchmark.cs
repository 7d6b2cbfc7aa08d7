using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Benchmarks.Contract;

/// <summary>
/// JSON to XML and XML to JSON by contract, against <see cref="XmlReader"/> plus <see cref="Utf8JsonWriter"/> on the
/// same bytes without a schema (every element an object member, every text a string): messages of 2 KB and 2 MB in
/// turn, and the managed memory a 200 MB message adds. Import of a 600 KB WSDL.
/// </summary>
internal static class ContractBenchmark
{
    private const string ItemSchema = """
        <xs:element name="item" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="pin" type="xs:string"/><xs:element name="surname" type="xs:string"/><xs:element name="name" type="xs:string"/>
        <xs:element name="patronymic" type="xs:string" minOccurs="0"/><xs:element name="dateOfBirth" type="xs:date"/><xs:element name="amount" type="xs:decimal"/>
        <xs:element name="number" type="xs:int"/><xs:element name="active" type="xs:boolean"/>
        </xs:sequence></xs:complexType></xs:element>
        """;

    private const int WarmUp = 8;
    private const int Rounds = 12;

    public static int Run(string[] options)
    {
        Console.WriteLine(Measure().ToJsonString(new JsonSerializerOptions { WriteIndented = !options.Contains("--json") }));
        return 0;
    }

    private static JsonObject Measure()
    {
        var operation = XRoad.Contracts.Contract.ImportText(Encoding.UTF8.GetBytes(Wsdl(1)), "bench.wsdl").Contract!.Operations[0];
        var result = new JsonObject
        {
            ["name"] = "contract",
            ["machine"] = Environment.ProcessorCount + " cores, " + Environment.OSVersion,
            ["gc"] = GCSettings.IsServerGC ? "server" : "workstation",
        };
        var worstToXml = 0.0;
        var worstToJson = 0.0;
        foreach (var (name, items) in new[] { ("2KB", 8), ("2MB", 8_000) })
        {
            var (json, xml) = Message(operation.Request, items);
            var (plain, toJson, toXml) = Measure(operation.Request, json, xml);
            result[name] = new JsonObject
            {
                ["xmlBytes"] = xml.Length,
                ["jsonBytes"] = json.Length,
                ["baselineMicroseconds"] = Math.Round(plain, 1),
                ["xmlToJsonMicroseconds"] = Math.Round(toJson, 1),
                ["jsonToXmlMicroseconds"] = Math.Round(toXml, 1),
                ["xmlToJson"] = Math.Round(toJson / plain, 2),
                ["jsonToXml"] = Math.Round(toXml / plain, 2),
            };
            worstToJson = Math.Max(worstToJson, toJson / plain);
            worstToXml = Math.Max(worstToXml, toXml / plain);
        }

        result["xmlToJson"] = Math.Round(worstToJson, 2);
        result["jsonToXml"] = Math.Round(worstToXml, 2);
        result["memory"] = Memory(operation.Request);
        var big = Encoding.UTF8.GetBytes(Wsdl(700));
        XRoad.Contracts.Contract.ImportText(big, "big.wsdl");
        var clock = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        var import = XRoad.Contracts.Contract.ImportText(big, "big.wsdl");
        result["import"] = new JsonObject { ["bytes"] = big.Length, ["operations"] = import.Contract!.Operations.Count, ["milliseconds"] = Math.Round(clock.Elapsed.TotalMilliseconds, 1), ["cpuMilliseconds"] = Math.Round((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, 1) };
        return result;
    }

    private static (byte[] Json, byte[] Xml) Message(MessageShape shape, int items)
    {
        var json = new MemoryStream(Items(items).ToArray());
        var xml = new MemoryStream();
        var result = JsonToXml.Write(shape, json, xml);
        return result.IsOk ? (json.ToArray(), xml.ToArray()) : throw new InvalidOperationException(string.Join('\n', result.Faults));
    }

    private static MemoryStream Items(int count)
    {
        var stream = new MemoryStream();
        using var feed = new ItemStream(count);
        feed.CopyTo(stream);
        return stream;
    }

    /// <summary>Microseconds of CPU for one conversion: the three sides take turns, first to warm up, then the least window of each counts, so that other work on the machine does not.</summary>
    private static (double Plain, double ToJson, double ToXml) Measure(MessageShape shape, byte[] json, byte[] xml)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(json.Length, xml.Length) * 2);
        void Plain()
        {
            buffer.ResetWrittenCount();
            Baseline(xml, buffer);
        }

        void ToJson()
        {
            buffer.ResetWrittenCount();
            XmlToJson.Write(shape, xml, buffer);
        }

        void ToXml()
        {
            buffer.ResetWrittenCount();
            JsonToXml.Write(shape, json, buffer);
        }

        var least = (Plain: double.MaxValue, ToJson: double.MaxValue, ToXml: double.MaxValue);
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            var now = (Plain: Window(Plain), ToJson: Window(ToJson), ToXml: Window(ToXml));
            if (round >= WarmUp)
            {
                least = (Math.Min(least.Plain, now.Plain), Math.Min(least.ToJson, now.ToJson), Math.Min(least.ToXml, now.ToXml));
            }
        }

        return least;
    }

    private static double Window(Action action)
    {
        var start = Environment.CpuUsage.TotalTime;
        var runs = 0;
        TimeSpan took;
        do
        {
            action();
            runs++;
            took = Environment.CpuUsage.TotalTime - start;
        }
        while (took.TotalMilliseconds < 100);

        return took.TotalMicroseconds / runs;
    }

    private static void Baseline(byte[] xml, ArrayBufferWriter<byte> target)
    {
        using var reader = XmlReader.Create(new MemoryStream(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        using var writer = new Utf8JsonWriter(target, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    writer.WritePropertyName(reader.LocalName);
                    writer.WriteStartObject();
                    break;
                case XmlNodeType.Text:
                    writer.WriteString("$", reader.Value);
                    break;
                case XmlNodeType.EndElement:
                    writer.WriteEndObject();
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static JsonObject Memory(MessageShape shape)
    {
        var result = new JsonObject();
        foreach (var (name, items) in new[] { ("2MB", 8_000), ("200MB", 800_000) })
        {
            var path = Path.GetTempFileName();
            try
            {
                var toXml = Peak(() =>
                {
                    using var json = new ItemStream(items);
                    using var xml = File.Create(path);
                    JsonToXml.Write(shape, json, xml);
                });
                var toJson = Peak(() =>
                {
                    using var xml = File.OpenRead(path);
                    XmlToJson.Write(shape, xml, Stream.Null);
                });
                result[name] = new JsonObject { ["xmlBytes"] = new FileInfo(path).Length, ["jsonToXmlHeapMiB"] = toXml, ["xmlToJsonHeapMiB"] = toJson };
            }
            finally
            {
                File.Delete(path);
            }
        }

        return result;
    }

    /// <summary>Highest managed heap seen while an action runs, in MiB above the start.</summary>
    private static double Peak(Action action)
    {
        GC.Collect();
        var start = GC.GetTotalMemory(forceFullCollection: true);
        var highest = start;
        using var timer = new Timer(_ => highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: false)), null, 0, 5);
        action();
        return Math.Round((highest - start) / 1024.0 / 1024.0, 1);
    }

    private static string Wsdl(int operations)
    {
        var text = new StringBuilder("""
            <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:bench" targetNamespace="urn:bench"><wsdl:types><xs:schema targetNamespace="urn:bench" elementFormDefault="qualified">
            """);
        for (var i = 0; i < operations; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"""<xs:element name="op{i}"><xs:complexType><xs:sequence>{ItemSchema}</xs:sequence></xs:complexType></xs:element>""");
        }

        text.Append("</xs:schema></wsdl:types>");
        for (var i = 0; i < operations; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"""<wsdl:message name="m{i}"><wsdl:part name="body" element="t:op{i}"/></wsdl:message>""");
        }

        text.Append("""<wsdl:portType name="p">""");
        for (var i = 0; i < operations; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"""<wsdl:operation name="op{i}"><wsdl:input message="t:m{i}"/><wsdl:output message="t:m{i}"/></wsdl:operation>""");
        }

        text.Append("""</wsdl:portType><wsdl:binding name="b" type="t:p"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>""");
        for (var i = 0; i < operations; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"""<wsdl:operation name="op{i}"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>""");
        }

        return text.Append("</wsdl:binding></wsdl:definitions>").ToString();
    }
}
