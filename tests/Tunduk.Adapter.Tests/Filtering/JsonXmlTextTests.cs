using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

/// <summary>What a contract leaves open is XML as text in JSON: the list sees names and attributes inside it as it does in XML.</summary>
public sealed class JsonXmlTextTests
{
    [Theory]
    [InlineData("<f xmlns='u'>LISTED</f>", "<f xmlns='u'>LISTED</f>", false)]
    [InlineData("<f xmlns='u'>LISTED<x>SECRET</x></f>", "<f xmlns='u'>LISTED</f>", true)]
    [InlineData("<f xmlns='u' a='SECRET'>LISTED</f>", "<f xmlns='u'>LISTED</f>", true)]
    [InlineData("<f xmlns='u' xmlns:p='urn:SECRET'>LISTED<!--SECRET--><?SECRET?></f>", "<f xmlns='u'>LISTED</f>", true)]
    [InlineData("<f><x><y>SECRET</y></x></f>", "<f></f>", true)]
    public void Apply_TextOfXml_KeepsWhatIsListedOfIt(string xml, string expected, bool removed)
    {
        foreach (string body in new[] { "\"free\":@", "\"list\":[@,@]", "\"ext\":{\"$any\":@}", "\"ext\":{\"$any$2\":[@]}" })
        {
            string Json(string text) => $"{{\"response\":{{{body.Replace("@", JsonValue.Create(text).ToJsonString(), StringComparison.Ordinal)}}}}}";

            (string json, FilterResult result) = Run(Json(xml), "free list ext/*");

            result.Refusal.ShouldBeNull();
            JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(Json(expected))).ShouldBeTrue(json);
            (result.RemovedCount > 0).ShouldBe(removed);
        }
    }

    [Fact]
    public void Apply_TextOfXmlListedWithAllInIt_PassesWhole()
    {
        const string Body = """{"response":{"free":"<f>LISTED<x a='1'>LISTED</x></f>"}}""";

        Run(Body, "free/**").Json.ShouldBe(Body);
    }

    [Fact]
    public void Apply_TextOfXmlWhereUnlistedRefuses_IsRefusedByPath() =>
        Run("""{"response":{"free":"<f>LISTED<x>SECRET</x></f>"}}""", "free", UnlistedAction.Refuse).Result.Refusal!.ToString().ShouldNotContain("SECRET");

    [Theory]
    [InlineData("SECRET")]
    [InlineData("<f>SECRET")]
    [InlineData("<!DOCTYPE f><f>SECRET</f>")]
    public void Apply_TextThatIsNoXmlInItsPlace_IsRefused(string text)
    {
        (string json, FilterResult result) = Run($"{{\"response\":{{\"free\":{JsonValue.Create(text).ToJsonString()}}}}}", "free");

        result.Refusal!.Code.ShouldBe("json_malformed");
        json.ShouldBeEmpty();
    }

    private static (string Json, FilterResult Result) Run(string json, string allow, UnlistedAction unlisted = UnlistedAction.Remove)
    {
        FieldPath[] known = [FieldPath.Parse("response/free"), FieldPath.Parse("response/list"), FieldPath.Parse("response/ext"), FieldPath.Parse("response/note")];
        FieldList list = FieldList.ForResponse(FilterRuns.Rules(allow) with { Unlisted = unlisted }, FieldRules.Nothing, known).ForMappedXml(["response/free", "response/list"]);
        ArrayBufferWriter<byte> output = new();
        FilterResult result = JsonFieldFilter.Apply(list, Encoding.UTF8.GetBytes(json), output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), result);
    }
}
