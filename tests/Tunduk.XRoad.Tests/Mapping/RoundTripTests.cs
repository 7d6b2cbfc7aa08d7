using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Contracts;

namespace Tunduk.XRoad.Tests.Mapping;

public class RoundTripTests
{
    [Fact]
    public void RoundTrip_InventedSchemasAndDocuments_AreEqualBothWays() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var inventor = new SchemaInventor(seed);
            var content = inventor.Content();
            var import = ContractFiles.Schema(content, SchemaInventor.GlobalText, inventor.Form);
            import.Findings.Where(f => f.Severity == FindingSeverity.Error).ShouldBeEmpty(content);
            for (ulong i = 0; i < 5; i++)
            {
                CheckMessage(import.Contract!.Operations[0].Request, (ulong)seed * 10 + i, content);
            }
        }).Hold(150);

    [Fact]
    public void RoundTrip_EveryContractAtHand_SamplesAreEqualBothWays()
    {
        foreach (var path in ContractFiles.All)
        {
            foreach (var operation in ContractFiles.Import(path).Operations)
            {
                for (ulong seed = 0; seed < 5; seed++)
                {
                    CheckMessage(operation.Request, seed, path + " " + operation);
                    CheckMessage(operation.Response, seed, path + " " + operation);
                }
            }
        }
    }

    private static void CheckMessage(MessageShape shape, ulong seed, string about)
    {
        var json = new ArrayBufferWriter<byte>();
        SampleWriter.Write(shape, seed, json).ShouldBeTrue(about);
        var xml = new ArrayBufferWriter<byte>();
        var toXml = JsonToXml.Write(shape, json.WrittenMemory, xml);
        toXml.Faults.ShouldBeEmpty(about + "\n" + Text(json));
        var back = new ArrayBufferWriter<byte>();
        var toJson = XmlToJson.Write(shape, xml.WrittenMemory, back);
        toJson.Faults.ShouldBeEmpty(about + "\n" + Text(xml));
        Text(back).ShouldBe(Text(json), about);

        var again = new ArrayBufferWriter<byte>();
        JsonToXml.Write(shape, back.WrittenMemory, again).IsOk.ShouldBeTrue();
        Text(again).ShouldBe(Text(xml), about);

        // Streams and shuffled members give the same bytes.
        using var streamed = new MemoryStream();
        JsonToXml.Write(shape, new MemoryStream(json.WrittenMemory.ToArray()), streamed).Faults.ShouldBeEmpty(about);
        Encoding.UTF8.GetString(streamed.ToArray()).ShouldBe(Text(xml), about);
        var shuffled = new ArrayBufferWriter<byte>();
        var reordered = JsonShuffler.Reverse(json.WrittenMemory);
        JsonToXml.Write(shape, reordered, shuffled).Faults.ShouldBeEmpty(about + "\n" + Encoding.UTF8.GetString(reordered));
        if (!about.Contains("<xs:all", StringComparison.Ordinal))
        {
            var fromShuffled = new ArrayBufferWriter<byte>();
            XmlToJson.Write(shape, shuffled.WrittenMemory, fromShuffled).Faults.ShouldBeEmpty(about);
            JsonShuffler.Sort(fromShuffled.WrittenMemory).ShouldBe(JsonShuffler.Sort(json.WrittenMemory), about);
        }
    }

    private static string Text(ArrayBufferWriter<byte> buffer) => Encoding.UTF8.GetString(buffer.WrittenSpan);
}
