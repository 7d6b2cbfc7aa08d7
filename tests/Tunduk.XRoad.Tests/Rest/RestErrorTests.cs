using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Rest;

namespace Tunduk.XRoad.Tests.Rest;

public sealed class RestErrorTests
{
    [Theory]
    [InlineData(null, "application/json;charset=utf-8")]
    [InlineData("*/*", "application/json;charset=utf-8")]
    [InlineData("application/json", "application/json;charset=utf-8")]
    [InlineData("text/xml", "text/xml;charset=utf-8")]
    [InlineData("text/*;q=0.1, application/json", "text/xml;charset=utf-8")]
    [InlineData("application/json, application/xml;q=0.1", "application/xml;charset=utf-8")]
    [InlineData("APPLICATION/XML, text/xml", "application/xml;charset=utf-8")]
    [InlineData("text/html", "application/json;charset=utf-8")]
    public void ContentTypeFor_Accept_FirstXmlWins(string? accept, string expected) => RestError.ContentTypeFor(accept).ShouldBe(expected);

    [Theory]
    [InlineData("application/json;charset=utf-8")]
    [InlineData("text/xml;charset=utf-8")]
    public void Write_BothForms_ReadBack(string contentType)
    {
        RestError error = new("server.serverproxy.access_denied", "Not <allowed> \"here\" & now", "0f0e");
        ArrayBufferWriter<byte> output = new();
        error.Write(output, contentType);
        RestError.Read(error.Type, output.WrittenSpan).ShouldBe(error);
        error.Fault.Code.ShouldBe(XRoadFaultCode.AccessDenied);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"message\":{\"x\":1}}")]
    [InlineData("<error>")]
    [InlineData("<!DOCTYPE error><error><message>x</message></error>")]
    [InlineData("<html/>")]
    [InlineData("plain")]
    public void Read_BodyOfAnotherForm_KeepsTheHeadersType(string body) =>
        RestError.Read("client.bad_request", Encoding.UTF8.GetBytes(body)).ShouldBe(new RestError("client.bad_request", "", ""));

    [Fact]
    public void Read_AnyBytes_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => RestError.Read("x", [(byte)'{', .. bytes ?? []]).Type == "x").Hold();

    [Fact]
    public void RequestHash_WithAndWithoutBody_FollowsTheFormula()
    {
        byte[] part = RestMessageHash.RequestPart("POST", "/r1/a/b/c/d/e/x?q=1",
            [new("X-Road-Client", "a/b/c/d"), new("Host", "dropped"), new("Accept", "*/*"), new("x-road-request-id", "r")]);
        Encoding.UTF8.GetString(part).ShouldBe("POST\r\n/r1/a/b/c/d/e/x?q=1\r\nX-Road-Client:a/b/c/d\r\nAccept:*/*\r\nx-road-request-id:r\r\n");

        byte[] body = SHA512.HashData("{}"u8);
        RestMessageHash.Compute(part, default).ShouldBe(Convert.ToBase64String(SHA512.HashData(part)));
        RestMessageHash.Compute(part, body).ShouldBe(Convert.ToBase64String(SHA512.HashData([.. SHA512.HashData(part), .. body])));
        Encoding.UTF8.GetString(RestMessageHash.ResponsePart(200, "OK", [])).ShouldBe("200\r\nOK\r\n");
    }
}
