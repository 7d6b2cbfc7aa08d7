using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.Archive;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Credentials in a body are kept nowhere, not even sealed.</summary>
public sealed class SecretsInTheArchiveTests
{
    [Theory]
    [InlineData("clientid")]
    [InlineData("Secret")]
    [InlineData("api_key")]
    [InlineData("accessToken")]
    [InlineData("сырСөз")]
    public void Add_ValueOfACredential_IsMasked(string name)
    {
        List<SealedValue> values = [];
        JsonLeaves.Add(values, Encoding.UTF8.GetBytes("""{"request":{"NAME":"SECRET","list":[{"NAME":7}],"pin":"1"}}""".Replace("NAME", name)), 64);
        values.Select(static v => v.AsText()).ShouldBe(["***", "***", "1"]);
        values[1].Path.ShouldBe($"request/list[0]/{name}");
    }

    [Theory]
    [InlineData("""{"secret":{"value":"SECRET","n":1}}""")]
    [InlineData("""{"request":{"clientid":{"$":"SECRET","@note":"SECRET"}}}""")]
    [InlineData("""{"tokens":["SECRET",{"a":"SECRET"}],"smsToken":"SECRET","cvv":123}""")]
    [InlineData("""{"query":{"X-Api-Key":["SECRET"]}}""")]
    public void Add_WhatStandsBelowACredential_IsMaskedToo(string json)
    {
        List<SealedValue> values = [];
        JsonLeaves.Add(values, Encoding.UTF8.GetBytes(json), 64);
        values.ShouldNotBeEmpty();
        values.ShouldAllBe(static v => v.AsText() == "***");
    }

    [Fact]
    public void Add_OtherValues_StayAsTheyAre()
    {
        List<SealedValue> values = [];
        JsonLeaves.Add(values, """{"a":{"secretList":["x"],"surname":"A","n":null}}"""u8, 64);
        values.Select(static v => v.AsText()).ShouldBe(["***", "A", string.Empty]);
    }
}
