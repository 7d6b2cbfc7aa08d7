using System.Text;
using Google.Protobuf.WellKnownTypes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Rpc;

namespace Tunduk.Adapter.Tests.Rpc;

public sealed class StructJsonTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-7, "-7")]
    [InlineData(1250.5, "1250.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(9007199254740991, "9007199254740991")]
    [InlineData(12345678901.1234, "12345678901.1234")]
    public void ToJson_NumberThatSaysOneDecimal_IsThatDecimal(double number, string text) =>
        Json(Value.ForNumber(number)).ShouldBe($"{{\"v\":{text}}}");

    [Theory]
    [InlineData(9007199254740992d)]
    [InlineData(1e300)]
    [InlineData(0.1 + 0.2)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ToJson_NumberThatMayHaveLostDigits_IsRefused(double number)
    {
        var outcome = StructJson.ToJson(new Struct { Fields = { ["a"] = Value.ForStruct(new Struct { Fields = { ["v"] = Value.ForList(Value.ForNull(), Value.ForNumber(number)) } }) } });
        outcome.Error!.Code.ShouldBe(ExchangeCodes.NumberInexact);
        outcome.Error.Path.ShouldBe("$.a.v[1]");
    }

    [Theory]
    [InlineData("7", Value.KindOneofCase.NumberValue)]
    [InlineData("1250.5", Value.KindOneofCase.NumberValue)]
    [InlineData("9007199254740993", Value.KindOneofCase.StringValue)]
    [InlineData("0.30000000000000004", Value.KindOneofCase.StringValue)]
    [InlineData("12345678901234567890.5", Value.KindOneofCase.StringValue)]
    [InlineData("1e400", Value.KindOneofCase.StringValue)]
    [InlineData("1.00000000000000001", Value.KindOneofCase.StringValue)]
    public void FromJson_Number_IsANumberOnlyWhereItKeepsItsDigits(string token, Value.KindOneofCase kind)
    {
        var value = StructJson.FromJson(Encoding.UTF8.GetBytes($"{{\"v\":{token}}}")).Fields["v"];
        value.KindCase.ShouldBe(kind);
        (kind == Value.KindOneofCase.StringValue ? value.StringValue : token).ShouldBe(token);
    }

    [Fact]
    public void ToJson_EndlessNesting_IsRefused()
    {
        var value = Value.ForBool(true);
        for (var i = 0; i < 10_000; i++)
        {
            value = Value.ForList(value);
        }

        StructJson.ToJson(new Struct { Fields = { ["v"] = value } }).Error!.Code.ShouldBe(ExchangeCodes.ContractViolated);
    }

    private static string Json(Value value)
    {
        StructJson.ToJson(new Struct { Fields = { ["v"] = value } }).TryGet(out var json, out var error).ShouldBeTrue(error?.Code);
        return Encoding.UTF8.GetString(json.Span);
    }
}
