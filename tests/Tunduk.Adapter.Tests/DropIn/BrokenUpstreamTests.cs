using System.Text;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// An information system that speaks SOAP and answers what is none, in one piece or in parts: it is named to the client with what may have
/// been done, nothing of it passes, and nothing of it stays in memory or on disk.
/// </summary>
[Collection(DropInWorld.Collection)]
public sealed class BrokenUpstreamTests(DropInWorld fixture) : IDisposable
{
    private const string Xml = "text/xml; charset=utf-8";
    private const string Related = "multipart/related; type=\"text/xml\"; boundary=b";
    private const string Secret = "Invented-Surname";
    private const string Root = "--b\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n\r\n";
    private static readonly string Sound = UpstreamDouble.Response($"<l:surname>{Secret}</l:surname>");
    private readonly DropInWorld drop = fixture;

    public static TheoryData<string, string, string> Answers => new()
    {
        { "nothing", Xml, "" },
        { "no content type", "", Sound },
        { "JSON", "application/json", "{}" },
        { "HTML", "text/html", Sound },
        { "SOAP 1.2 by its type", "application/soap+xml; charset=utf-8", Sound },
        { "SOAP 1.2 by its envelope", Xml, Sound.Replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", StringComparison.Ordinal) },
        { "two envelopes", Xml, Sound + Sound },
        { "cut off", Xml, Sound[..^9] },
        { "two bodies", Xml, Sound.Replace("</s:Body>", "</s:Body><s:Body/>", StringComparison.Ordinal) },
        { "no body", Xml, "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"/>" },
        { "a DTD", Xml, "<!DOCTYPE s:Envelope [<!ENTITY e \"x\">]>" + Sound },
        { "an unknown charset", "text/xml; charset=what", Sound },
        { "fault and response", Xml, Sound.Replace("<s:Body>", "<s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>", StringComparison.Ordinal) },
        { "parts without an end", Related, Root + Sound + "\r\n" },
        { "parts without a beginning", Related, Sound },
        { "parts without a boundary", "multipart/related; type=\"text/xml\"", Root + Sound + "\r\n--b--" },
        { "a boundary of 5,000 characters", "multipart/related; type=\"text/xml\"; boundary=" + new string('b', 5000), Root + Sound + "\r\n--b--" },
        { "a part without headers", Related, Root + Sound + "\r\n--b\r\n\r\nbytes\r\n--b--" },
        { "a part with headers of 1 MB", Related, Root + Sound + "\r\n--b\r\nContent-Type: a/b\r\nX-A: " + new string('a', 1 << 20) + "\r\n\r\nbytes\r\n--b--" },
        { "10,000 parts", Related, Root + Sound + string.Concat(Enumerable.Range(0, 10_000).Select(at => $"\r\n--b\r\nContent-Type: image/jpeg\r\nContent-ID: <{at}>\r\n\r\nx")) + "\r\n--b--" },
        { "parts of one name", Related, Root + Sound + string.Concat(Enumerable.Repeat("\r\n--b\r\nContent-Type: image/jpeg\r\nContent-ID: <a>\r\n\r\nx", 2)) + "\r\n--b--" },
        { "a start that names no part", Related + "; start=\"<nobody>\"", Root + Sound + "\r\n--b--" },
        { "a first part that is no SOAP", Related, "--b\r\nContent-Type: image/jpeg\r\n\r\nx\r\n" + Root + Sound + "\r\n--b--" },
        { "a first part in base64", Related, Root.Replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n", StringComparison.Ordinal) + Convert.ToBase64String(Encoding.UTF8.GetBytes(Sound)) + "\r\n--b--" },
        { "base64 that is none", Related, Root + Sound + "\r\n--b\r\nContent-Type: image/jpeg\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--b--" },
        { "parts in parts", Related, "--b\r\nContent-Type: multipart/related; boundary=c\r\n\r\n" + Root.Replace("--b", "--c", StringComparison.Ordinal) + Sound + "\r\n--c--\r\n--b--" },
        { "10 KB after the end", Related, Root + Sound + "\r\n--b--\r\n" + new string('x', 10_000) },
    };

    public void Dispose() => drop.Upstream.Reset();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Soap_AnswerThatIsNone_IsNamedAndLeavesNothingBehind(string what, string contentType, string answer)
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(answer, contentType);

        var reply = await AskAsync();

        reply.FaultCode.ShouldBe("adapter.information_system_broken", what);
        reply.Text.ShouldContain("<outcomeUnknown", customMessage: what);
        reply.Text.ShouldNotContain(Secret);
        drop.Upstream.Reset();
        for (var sound = 0; sound < 2; sound++) // Half of the calls opens the circuit.
        {
            (await AskAsync()).Fault.ShouldBeNull("recovery needs no hand");
        }

        await Wait.ForAsync(() => drop.World.Provider.HeldBytes == 0 && drop.World.Consumer.HeldBytes == 0);
        await Wait.ForAsync(() => drop.World.Provider.Archive.Status.OpenRequests == 0 && drop.World.Consumer.Archive.Status.OpenRequests == 0);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Soap_Fault_IsTheServicesOwnWhateverItsStatus(int status)
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(UpstreamDouble.Envelope($"<s:Fault><faultcode>s:Client.Unknown</faultcode><faultstring>{Secret}</faultstring></s:Fault>"), status: status);

        var reply = await AskAsync();

        reply.FaultCode.ShouldEndWith("Client.Unknown");
        reply.Text.ShouldNotContain(Secret, customMessage: "its words pass only where the agreement says so");
    }

    private Task<SoapReply> AskAsync() => drop.PostAsync(Envelopes.UnsignedText(
        Envelopes.Headers() with { Service = Tunduk.XRoad.Identifiers.ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:lookup>"));
}
