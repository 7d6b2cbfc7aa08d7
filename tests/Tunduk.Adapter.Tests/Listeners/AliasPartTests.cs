using System.Text;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>MTOM where the contract has no base64: a reference to a part in the place of a text or among elements.</summary>
public sealed class AliasPartTests
{
    // A list that names a text, and a contract that bounds it, let no attachment of any size out in its place.
    [Theory]
    [InlineData("<p:surname>@</p:surname>")]
    [InlineData("<p:address>@<p:country>KG</p:country>")]
    public async Task Ask_AnswerRefersToAPartWhereTheContractHasNoBase64_NothingOfItLeavesTheProvider(string put)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream);
        var body = Envelopes.GetPersonResponse()
            .Replace(put.StartsWith("<p:surname>", StringComparison.Ordinal) ? $"<p:surname>{TestPersons.Somebody.Surname}</p:surname>" : "<p:address><p:country>KG</p:country>", put, StringComparison.Ordinal)
            .Replace("@", "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:photo\"/>", StringComparison.Ordinal);
        upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = "multipart/related; type=\"application/xop+xml\"; start=\"<root>\"; start-info=\"text/xml\"; boundary=up17";
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(
                $"--up17\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-ID: <root>\r\n\r\n{UpstreamDouble.Envelope(body)}\r\n--up17\r\nContent-Type: text/plain\r\nContent-ID: <photo>\r\n\r\nSMUGGLED\r\n--up17--\r\n")).AsTask();
        };

        var reply = await world.AskAsync();

        reply.Text.ShouldContain("adapter.information_system_broken", Case.Sensitive, "it is the provider's adapter that refuses");
        upstream.Calls.ShouldHaveSingleItem();
    }
}
