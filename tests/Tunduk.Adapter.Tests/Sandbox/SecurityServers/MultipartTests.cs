using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Shouldly;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

public sealed class MultipartTests
{
    private const string ContentType = "multipart/related; type=\"text/xml\"; start=\"<rootpart>\"; boundary=\"b-1\"";

    [Theory]
    [InlineData(10 * 1024 * 1024)]
    [InlineData(0)]
    public async Task Multipart_Request_KeepsBoundaryPartHeadersAndBytes(long limit)
    {
        await using World world = await World.StartAsync(new SecurityServerPairOptions { MaxLoggableBody = limit });
        world.Provider.Answer = static (context, body) => ProviderDouble.WriteAsync(context, Soap.Answer());
        byte[] attachment = RandomNumberGenerator.GetBytes(100_000);
        using HttpResponseMessage response = await world.PostAsync(Message(Soap.Request(), attachment), ContentType);
        ProviderDouble.Received got = world.Provider.Requests.ShouldHaveSingleItem();
        got.Headers["Content-Type"].ShouldBe(ContentType);
        string text = Encoding.Latin1.GetString(got.Body);
        text.ShouldNotContain("preamble");
        text.ShouldContain("\r\n--b-1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <rootpart>\r\n\r\n");
        text.ShouldContain("\r\n--b-1\r\nContent-Type: image/png\r\nContent-ID: <a1>\r\n\r\n" + Encoding.Latin1.GetString(attachment) + "\r\n--b-1--\r\n");
        string hash = XDocument.Parse(await response.Content.ReadAsStringAsync()).Descendants(Soap.Xrd + "requestHash").Single().Value;
        hash.ShouldBe(Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(Soap.Request()))));
    }

    [Theory]
    [InlineData(10 * 1024 * 1024)]
    [InlineData(0)]
    public async Task Multipart_Response_IsRelayedWithItsParts(long limit)
    {
        await using World world = await World.StartAsync(new SecurityServerPairOptions { MaxLoggableBody = limit });
        byte[] attachment = RandomNumberGenerator.GetBytes(200_000);
        world.Provider.Answer = (context, _) =>
        {
            context.Response.ContentType = ContentType;
            return context.Response.Body.WriteAsync(Message(Soap.Answer(), attachment)).AsTask();
        };
        using HttpResponseMessage response = await world.PostAsync(Soap.Request());
        response.Content.Headers.NonValidated["Content-Type"].ToString().ShouldBe(ContentType);
        string text = Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());
        text.ShouldContain("requestHash");
        text.ShouldContain(Encoding.Latin1.GetString(attachment));
        text.ShouldEndWith("\r\n--b-1--\r\n");
    }

    [Fact]
    public async Task Multipart_PartOverTheLogLimit_IsRefusedBeforeSending()
    {
        await using World world = await World.StartAsync(new SecurityServerPairOptions { MaxLoggableBody = 1000 });
        using HttpResponseMessage response = await world.PostAsync(Message(Soap.Request(), new byte[1001]), ContentType);
        Soap.FaultCode(await response.Content.ReadAsStringAsync()).ShouldBe("server.clientproxy.logging_failed");
        world.Provider.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--b-1--\r\n", "client.missing_soap")]
    [InlineData("--b-1\r\nContent-Type: text/plain\r\n\r\nx\r\n--b-1--\r\n", "client.invalid_content_type")]
    [InlineData("--b-1\r\n\r\nx\r\n--b-1--\r\n", "client.invalid_content_type")]
    [InlineData("--b-1\r\nContent-Type: text/xml\r\n\r\n<x", "client.mime_parsing_failed")]
    [InlineData("nothing", "client.mime_parsing_failed")]
    public async Task Multipart_Broken_GetsItsCode(string body, string code)
    {
        await using World world = await World.StartAsync();
        using HttpResponseMessage response = await world.PostAsync(Encoding.ASCII.GetBytes(body), ContentType);
        Soap.FaultCode(await response.Content.ReadAsStringAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task Multipart_AttachmentWithoutContentType_IsRefused()
    {
        await using World world = await World.StartAsync();
        byte[] message = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Message(Soap.Request(), [1])).Replace("Content-Type: image/png\r\n", "", StringComparison.Ordinal));
        using HttpResponseMessage response = await world.PostAsync(message, ContentType);
        Soap.FaultCode(await response.Content.ReadAsStringAsync()).ShouldBe("client.invalid_content_type");
        world.Provider.Requests.ShouldBeEmpty();
    }

    private static byte[] Message(string soap, byte[] attachment) =>
    [
        .. Encoding.UTF8.GetBytes("preamble\r\n--b-1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <rootpart>\r\n\r\n" + soap
            + "\r\n--b-1\r\nContent-Type: image/png\r\nContent-ID: <a1>\r\n\r\n"),
        .. attachment,
        .. "\r\n--b-1--\r\n"u8,
    ];
}
