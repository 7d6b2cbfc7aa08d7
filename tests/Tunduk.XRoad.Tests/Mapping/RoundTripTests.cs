using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Proto;
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
            var proto = ProtoBuilder.Build("invented", "Service", import.Contract!.Operations).Methods[0].Request;
            for (ulong i = 0; i < 5; i++)
            {
                CheckMessage(import.Contract!.Operations[0].Request, proto, (ulong)seed * 10 + i, content);
            }
        }).Hold(150);

    [Fact]
    public void RoundTrip_EveryContractAtHand_SamplesAreEqualBothWays()
    {
        foreach (var path in ContractFiles.All)
        {
            foreach (var method in ProtoBuilder.Build("whole", "Service", ContractFiles.Import(path).Operations).Methods)
            {
                for (ulong seed = 0; seed < 5; seed++)
                {
                    CheckMessage(method.Operation.Request, method.Request, seed, path + " " + method.Operation);
                    CheckMessage(method.Operation.Response, method.Response, seed, path + " " + method.Operation);
                }
            }
        }
    }

    private static void CheckMessage(MessageShape shape, ProtoMessage proto, ulong seed, string about)
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

        // The wire form of protocol buffers carries the same document.
        var wire = new ArrayBufferWriter<byte>();
        JsonToProto.Write(proto, json.WrittenMemory, wire).Faults.ShouldBeEmpty(about + "\n" + Text(json));
        var fromWire = new ArrayBufferWriter<byte>();
        ProtoToJson.Write(proto, wire.WrittenMemory, fromWire).Faults.ShouldBeEmpty(about + "\n" + Text(json));
        JsonShuffler.Sort(fromWire.WrittenMemory, numbersByValue: true).ShouldBe(JsonShuffler.Sort(json.WrittenMemory, numbersByValue: true), about);

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
