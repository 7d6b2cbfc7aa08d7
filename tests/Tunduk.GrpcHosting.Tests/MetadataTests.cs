using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Tests;

public sealed class MetadataTests
{
    [Theory]
    [InlineData("", "v")]
    [InlineData("a b", "v")]
    [InlineData(":path", "v")]
    [InlineData("a-bin", "v")]
    [InlineData("a", "v\n")]
    [InlineData("a", "ы")]
    public void Add_KeyOrValueTheWireCannotCarry_Throws(string key, string value) => Should.Throw<ArgumentException>(() => new Metadata { { key, value } });

    [Fact]
    public void Add_BytesUnderATextKey_Throws() => Should.Throw<ArgumentException>(() => new Metadata { { "a", [1] } });

    [Fact]
    public void Get_RepeatedKey_IsTheLast()
    {
        Metadata metadata = new() { { "A", "1" }, { "a", "2" } };
        metadata.GetValue("a").ShouldBe("2");
        metadata.GetAll("a").Select(e => e.Value).ShouldBe(["1", "2"]);
    }

    [Theory]
    [InlineData("q6ur")]
    [InlineData("q6s=, q6s")]
    public void AddReceived_Base64WithAndWithoutPadding_IsDecoded(string value)
    {
        Metadata metadata = [];
        MetadataCodec.AddReceived(metadata, "X-Bin", value);
        metadata.ShouldAllBe(e => e.ValueBytes.All(b => b == 0xab));
        metadata.Count.ShouldBe(value.Split(',').Length);
    }

    [Fact]
    public void AddReceived_BytesThatAreNoBase64_EndTheCall() =>
        Should.Throw<RpcException>(() => MetadataCodec.AddReceived([], "x-bin", "!")).StatusCode.ShouldBe(StatusCode.Internal);

    [Theory]
    [InlineData(":path", "/x")]
    [InlineData("te", "trailers")]
    [InlineData("grpc-timeout", "1S")]
    [InlineData("x", "caf\u00e9")]
    public void AddReceived_WhatIsNoCustomMetadata_IsDropped(string name, string value)
    {
        Metadata metadata = [];
        MetadataCodec.AddReceived(metadata, name, value);
        metadata.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("grpc-status")]
    [InlineData("Content-Type")]
    public void Add_HeaderOfTheProtocol_Throws(string key) => Should.Throw<ArgumentException>(() => new Metadata { { key, "0" } });
}
