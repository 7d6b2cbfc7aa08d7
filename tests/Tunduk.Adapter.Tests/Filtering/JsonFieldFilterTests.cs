using System.Buffers;
using System.Text;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

public class JsonFieldFilterTests
{
    [Fact]
    public void Apply_UnlistedField_RemovesItAndNamesIt()
    {
        (string text, FilterResult result) = FilterRuns.Response(
            """{"response":{"surname":"Асанова","photo":"AAAA","address":{"street":"Абая","house":"1"}}}""",
            "surname address/street",
            known: "response/photo response/address/house");
        text.ShouldBe("""{"response":{"surname":"Асанова","address":{"street":"Абая"}}}""");
        result.Removed().ShouldBe("response/photo response/address/house");
    }

    [Fact]
    public void Apply_NameNobodyKnows_IsToldByItsParent()
    {
        (_, FilterResult result) = FilterRuns.Response("""{"response":{"12345678901234":1,"x":2},"y":0}""", "surname");
        result.Removed().ShouldBe("response/(unlisted)×2 (unlisted)");
    }

    [Fact]
    public void Apply_EchoedRequest_IsGovernedByTheRequestList()
    {
        (string text, FilterResult result) = FilterRuns.Response(
            """{"request":{"pin":"1","clientid":"c","secret":"s","surname":"A"},"response":{"surname":"B","pin":"2"}}""",
            "surname",
            request: "pin");
        text.ShouldBe("""{"request":{"pin":"1"},"response":{"surname":"B"}}""");
        result.RemovedCount.ShouldBe(4);
    }

    [Fact]
    public void Apply_WildcardOfTheResponse_DoesNotOpenTheEcho()
    {
        (string text, _) = FilterRuns.Response("""{"request":{"secret":"s"},"response":{"a":1}}""", "/** **", request: "pin");
        text.ShouldBe("""{"request":{},"response":{"a":1}}""");
    }

    [Fact]
    public void Apply_FlatBody_ListsAreRelativeToTheBody()
    {
        FilterRuns.Json(FieldList.ForRequest(FilterRuns.Rules("pin")), """{"pin":"1","x":2}""").Text.ShouldBe("""{"pin":"1"}""");
        FilterRuns.Json(FieldList.ForRequest(FilterRuns.Rules("pin")), """{"request":{"pin":"1"},"pin":2}""").Text.ShouldBe("""{"request":{"pin":"1"}}""");
    }

    [Theory]
    [InlineData("documents/number", """{"response":{"documents":[{"number":1,"x":2},{"number":3}]}}""", """{"response":{"documents":[{"number":1},{"number":3}]}}""")]
    [InlineData("documents/number", """{"response":{"documents":[[{"number":1,"x":2}],[[{"x":3}]]]}}""", """{"response":{"documents":[[{"number":1}],[[{}]]]}}""")]
    [InlineData("documents/number", """{"response":{"documents":["AN123",{"number":1},7,null]}}""", """{"response":{"documents":[{"number":1},null]}}""")]
    [InlineData("documents", """{"response":{"documents":[{"number":1},"x"]}}""", """{"response":{"documents":[{},"x"]}}""")]
    [InlineData("documents/**", """{"response":{"documents":[{"number":{"a":[1]}}]}}""", """{"response":{"documents":[{"number":{"a":[1]}}]}}""")]
    [InlineData("*/number", """{"response":{"a":{"number":1,"x":1},"b":{"number":2}}}""", """{"response":{"a":{"number":1},"b":{"number":2}}}""")]
    [InlineData("address/street", """{"response":{"address":"Абая 1"}}""", """{"response":{}}""")]
    [InlineData("address/street", """{"response":{"address":null}}""", """{"response":{"address":null}}""")]
    [InlineData("surname", """{"response":{"surname":{"first":"x"}}}""", """{"response":{"surname":{}}}""")]
    [InlineData("surname", """{"response":["secret"]}""", """{"response":[]}""")]
    [InlineData("surname", """{"response":"secret"}""", """{}""")]
    [InlineData("surname", """[{"surname":"A","x":1},"secret"]""", """[{"surname":"A"}]""")]
    [InlineData("surname", "\"secret\"", "null")]
    [InlineData("surname", "42", "null")]
    [InlineData("**", "42", "42")]
    [InlineData("surname", """{"response":{"Surname":"A","SURNAME":"B","surname ":"C"}}""", """{"response":{}}""")]
    [InlineData("surname", """{"response":{"s\u0075rname":"A"}}""", """{"response":{"surname":"A"}}""")]
    [InlineData("surname", """{"response":{"ph\u006fto":"A"}}""", """{"response":{}}""")]
    [InlineData("й", "{\"response\":{\"и\u0306\":1}}", """{"response":{}}""")]
    [InlineData("surname", "{\"response\":{\"surname\u200B\":1,\"ѕurname\":2,\"surname\\u0000\":3}}", """{"response":{}}""")]
    [InlineData("salary", """{"response":{"salary": 1e400 , "x":-0.0}}""", """{"response":{"salary":1e400}}""")]
    [InlineData("a", """{"response":{"a":"\u0022,\u0022photo\u0022:\u0022x"}}""", """{"response":{"a":"\u0022,\u0022photo\u0022:\u0022x"}}""")]
    [InlineData("a/@id", """{"response":{"a":{"@id":1,"@x":2,"b":3}}}""", """{"response":{"a":{"@id":1}}}""")]
    [InlineData("a/*", """{"response":{"a":{"@id":1,"b":3}}}""", """{"response":{"a":{"b":3}}}""")]
    public void Apply_HostileShapes_LetOnlyListedValuesPass(string allow, string json, string expected)
    {
        (string text, FilterResult result) = FilterRuns.Response(json, allow);
        result.Refusal.ShouldBeNull();
        text.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"response":{"surname":1,"surname":2}}""")]
    [InlineData("""{"response":{"surname":1,"s\u0075rname":2}}""")]
    [InlineData("""{"response":{},"response":{"surname":2}}""")]
    [InlineData("""{"response":{"unlisted":{"a":[{"x":1,"x":2}]}}}""")]
    [InlineData("""{"x":[1,{"":1,"":2}]}""")]
    public void Apply_DoubledName_Refuses(string json)
    {
        (string text, FilterResult result) = FilterRuns.Response(json, "surname");
        result.Refusal!.Code.ShouldBe("json_duplicate_name");
        text.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"response":{}} {"photo":1}""")]
    [InlineData("""{"response":{},}""")]
    [InlineData("""{/*c*/"response":{}}""")]
    [InlineData("""{"response":{"\ud800":1}}""")]
    [InlineData("\uFEFF{}")]
    [InlineData("""{response:{}}""")]
    [InlineData("NaN")]
    public void Apply_NoSoundJson_RefusesAndWritesNothing(string json)
    {
        (string text, FilterResult result) = FilterRuns.Response(json, "surname");
        result.Refusal!.Code.ShouldBe("json_malformed");
        text.ShouldBeEmpty();
    }

    [Fact]
    public void Apply_BytesThatAreNotUtf8_Refuses()
    {
        FilterRuns.Json(FieldList.ForRequest(FilterRuns.Rules("**")), [(byte)'"', 0xC0, 0xAF, (byte)'"']).Result.Refusal!.Code.ShouldBe("json_malformed");
    }

    [Fact]
    public void Apply_TooDeep_Refuses()
    {
        string json = new string('[', 100) + new string(']', 100);
        PolicyRefusal refusal = FilterRuns.Response(json, "**").Result.Refusal!;
        refusal.Code.ShouldBe("json_malformed");
        refusal.Expected.ShouldBe("at most 64 levels");
    }

    [Fact]
    public void Apply_ManyMembers_StaysLinear()
    {
        StringBuilder json = new("{\"response\":{");
        for (int i = 0; i < 200_000; i++)
        {
            json.Append(i == 0 ? null : ",").Append("\"n").Append(i).Append("\":1");
        }

        (string text, FilterResult result) = FilterRuns.Response(json.Append("}}").ToString(), "surname");
        text.ShouldBe("""{"response":{}}""");
        result.RemovedCount.ShouldBe(200_000);
    }

    [Fact]
    public void Apply_UnlistedRefuse_RefusesWithThePathAndNoValue()
    {
        (string text, FilterResult result) = FilterRuns.Response("""{"response":{"surname":"A","photo":"SECRET"}}""", "surname", unlisted: UnlistedAction.Refuse, known: "response/photo");
        result.Refusal!.Path.ShouldBe("response/photo");
        result.Refusal.Found.ShouldContain("string");
        result.Refusal.ToString().ShouldNotContain("SECRET");
        text.ShouldBeEmpty();
    }

    [Fact]
    public void Apply_UnlistedBlank_KeepsKnownNamesWithoutValuesAndDropsUnknownOnes()
    {
        (string text, FilterResult result) = FilterRuns.Response(
            """{"response":{"surname":"A","s":"x","n":5,"b":true,"o":{"k":1},"l":[1],"secretname":"x"}}""",
            "surname",
            unlisted: UnlistedAction.Blank,
            known: "response/s response/n response/b response/o response/l");
        text.ShouldBe("""{"response":{"surname":"A","s":"","n":null,"b":null,"o":{},"l":[]}}""");
        result.Removed.Count(static r => r.Blanked).ShouldBe(5);
    }

    [Fact]
    public void Apply_ExceptionsBelowASubtree_WinOverIt()
    {
        FieldList list = FieldList.ForResponse(FilterRuns.Rules("person/**", remove: "person/photo", blank: "person/name"), FieldRules.Nothing);
        FilterRuns.Json(list, """{"response":{"person":{"photo":{"x":1},"name":"A","age":3,"deep":{"photo":1}}}}""").Text
            .ShouldBe("""{"response":{"person":{"name":"","age":3,"deep":{"photo":1}}}}""");
        FieldList refusing = FieldList.ForResponse(FilterRuns.Rules("person/**", refuse: "person/photo"), FieldRules.Nothing);
        FilterRuns.Json(refusing, """{"response":{"person":{"photo":null}}}""").Result.Refusal!.Path.ShouldBe("response/person/photo");
    }

    [Fact]
    public void Apply_SeveralSegments_SameAsOne()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"response":{"surname":"A","photo":"x"}}""");
        Segment first = new(json.AsMemory(0, 17), 0);
        Segment last = first.Append(json.AsMemory(17));
        ArrayBufferWriter<byte> output = new();
        JsonFieldFilter.Apply(FieldList.ForResponse(FilterRuns.Rules("surname"), FieldRules.Nothing), new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("""{"response":{"surname":"A"}}""");
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
