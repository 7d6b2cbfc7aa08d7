using FsCheck;
using FsCheck.Fluent;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Tests.Wire;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("50%", "50%25")]
    [InlineData(" a ", "%20a%20")]
    [InlineData("\r\n", "%0D%0A")]
    [InlineData("ы", "%D1%8B")]
    [InlineData("😈", "%F0%9F%98%88")]
    public void Encode_Text_IsPrintableAscii(string text, string encoded) => PercentEncoding.Encode(text).ShouldBe(encoded);

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%GG", "%GG")]
    [InlineData("a%41%d1%8b", "aAы")]
    [InlineData("%FF", "\uFFFD")]
    public void Decode_BrokenEscapes_NeverFail(string encoded, string text) => PercentEncoding.Decode(encoded).ShouldBe(text);

    [Fact]
    public void Decode_WhatWasEncoded_IsTheText() => Prop.ForAll<string>(text =>
    {
        string valid = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
        string encoded = PercentEncoding.Encode(valid);
        return Metadata.IsText(encoded) && PercentEncoding.Decode(encoded) == valid;
    }).Hold();
}
