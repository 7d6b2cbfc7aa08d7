using System.Buffers;
using System.Text;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Mapping;

namespace Tunduk.XRoad.Tests.Contracts;

/// <summary>The wire form at its edges: what hostile or careless clients send.</summary>
public class ProtoCodecTests
{
    private const string Content = """
        <xs:sequence><xs:element name="pin" type="xs:string"/><xs:element name="age" type="xs:int"/><xs:element name="note" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
        <xs:element name="code" type="xs:int" minOccurs="0" maxOccurs="unbounded"/><xs:element name="sum" type="xs:decimal" nillable="true" minOccurs="0"/></xs:sequence>
        """;

    private static readonly ProtoMessage Message = Build(Content);

    [Fact]
    public void Number_ContractGainsLosesAndReordersMembers_StaysTheSame()
    {
        var changed = Build("""
            <xs:sequence><xs:element name="new" type="xs:int"/><xs:element name="age" type="xs:int"/><xs:element name="pin" type="xs:string"/></xs:sequence><xs:attribute name="id" type="xs:int"/>
            """);
        foreach (var name in new[] { "pin", "age" })
        {
            Number(changed, name).ShouldBe(Number(Message, name));
        }

        // The rule as proto/MAPPING.md states it; a change of these numbers breaks every client.
        Number(Message, "pin").ShouldBe(20_000 + Rule("pin"));
        changed.Fields.Select(f => f.Number).ShouldBeUnique();
        changed.Fields.ShouldAllBe(f => f.Number >= ProtoFieldNumber.First && f.Number < 1 << 29);
    }

    [Fact]
    public void ToJson_RequiredScalarNotSet_IsAbsentAndSoRefusedByTheContract()
    {
        var json = Ok(Field("pin", "1"));
        json.ShouldBe("""{"pin":"1"}""");
        var shape = MappingHarness.Shape(Content);
        MappingHarness.XmlFault(shape, json).Path.ShouldBe("$.age");
    }

    [Fact]
    public void ToJson_PackedOrNot_IsOneArray()
    {
        var number = Number(Message, "code");
        byte[] packed = [.. Tag(number, 2), 3, 1, 2, 3];
        byte[] single = [.. Tag(number, 0), 1, .. Tag(number, 0), 2, .. Tag(number, 0), 3];
        Ok(packed).ShouldBe(Ok(single));
        Ok(packed).ShouldBe("""{"code":[1,2,3]}""");
    }

    [Fact]
    public void ToJson_FieldsInAnyOrder_AreInTheContractsOrder() =>
        Ok([.. Field("note", "a"), .. Tag(Number(Message, "age"), 0), 7, .. Field("note", "b"), .. Field("pin", "1")])
            .ShouldBe("""{"pin":"1","age":7,"note":["a","b"]}""");

    [Theory]
    [InlineData("unknown number", "unknown")]
    [InlineData("given twice", "duplicate")]
    [InlineData("not UTF-8", "character")]
    [InlineData("another wire type", "type")]
    [InlineData("beyond 32 bits", "range")]
    [InlineData("cut off", "malformed-protobuf")]
    [InlineData("longer than the message", "malformed-protobuf")]
    [InlineData("a group", "malformed-protobuf")]
    [InlineData("number zero", "malformed-protobuf")]
    [InlineData("varint of eleven bytes", "malformed-protobuf")]
    [InlineData("neither nil nor value", "required")]
    [InlineData("nil and value", "content")]
    public void ToJson_HostileBytes_AreRefusedByName(string what, string code)
    {
        var pin = Number(Message, "pin");
        var age = Number(Message, "age");
        var sum = Number(Message, "sum");
        byte[] wire = what switch
        {
            "unknown number" => [.. Tag(15, 0), 1],
            "given twice" => [.. Field("pin", "1"), .. Field("pin", "2")],
            "not UTF-8" => [.. Tag(pin, 2), 2, 0xC3, 0x28],
            "another wire type" => [.. Tag(pin, 0), 1],
            "beyond 32 bits" => [.. Tag(age, 0), 0x80, 0x80, 0x80, 0x80, 0x10],
            "cut off" => [.. Tag(age, 0), 0x80],
            "longer than the message" => [.. Tag(pin, 2), 0xFF, 0xFF, 0xFF, 0xFF, 0x07],
            "a group" => Tag(pin, 3),
            "number zero" => [0x02, 0x00],
            "varint of eleven bytes" => [.. Tag(age, 0), .. Enumerable.Repeat((byte)0x80, 10), 0x01],
            "neither nil nor value" => [.. Tag(sum, 2), 0],
            _ => [.. Tag(sum, 2), 5, 0x08, 0x01, 0x12, 0x01, (byte)'1'],
        };
        var fault = ProtoToJson.Write(Message, wire, new ArrayBufferWriter<byte>()).Faults[0];
        fault.Code.ShouldBe(code);
        fault.ToString().ShouldNotContain("\uFFFD");
    }

    [Fact]
    public void ToJson_TenThousandLevels_AreRefusedFast()
    {
        var tree = Build("<xs:sequence><xs:element name='n' type='t:N'/></xs:sequence>", "<xs:complexType name='N'><xs:sequence><xs:element name='n' type='t:N' minOccurs='0'/></xs:sequence></xs:complexType>");
        var tag = Tag(tree.Fields[0].Number, 2);
        var wire = new List<byte>();
        for (var i = 0; i < 10_000; i++)
        {
            wire.InsertRange(0, [.. tag, .. Varint((ulong)wire.Count)]);
        }

        ProtoToJson.Write(tree, wire.ToArray(), new ArrayBufferWriter<byte>()).Faults[0].Code.ShouldBe(MappingCodes.TooDeep);
    }

    [Fact]
    public void ToJson_AnyBytes_NeverThrows() =>
        FsCheck.Fluent.Prop.ForAll(FsCheck.Fluent.ArbMap.Default.ArbFor<byte[]>(), bytes =>
            ProtoToJson.Write(Message, bytes ?? [], new ArrayBufferWriter<byte>()) is not null).Hold(500);

    private static ProtoMessage Build(string content, string globals = "") =>
        ProtoBuilder.Build("p", "S", ContractFiles.Schema(content, globals).Contract!.Operations).Methods[0].Request;

    private static int Number(ProtoMessage message, string json) => message.Fields.Single(f => f.JsonName == json).Number;

    private static int Rule(string name) =>
        (int)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name))) % 536_850_912);

    private static byte[] Field(string name, string value) => [.. Tag(Number(Message, name), 2), (byte)value.Length, .. Encoding.UTF8.GetBytes(value)];

    private static byte[] Tag(int number, int wire) => Varint(((ulong)number << 3) | (uint)wire);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static string Ok(byte[] wire)
    {
        var json = new ArrayBufferWriter<byte>();
        ProtoToJson.Write(Message, wire, json).Faults.ShouldBeEmpty();
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
