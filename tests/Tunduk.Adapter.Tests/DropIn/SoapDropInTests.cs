using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.DropIn;

// Over 300 lines: one face, held against a security server rule by rule.

/// <summary>An existing SOAP client that changes only its address: point 1 and 4 of "X-Road as it is really spoken".</summary>
[Collection(DropInWorld.Collection)]
public sealed class SoapDropInTests(DropInWorld fixture) : IDisposable
{
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Fact]
    public async Task Post_EnvelopeOfAnExistingClient_AnswersAsTheSecurityServerWould()
    {
        var headers = Envelopes.Headers();
        var reply = await drop.PostAsync(Envelopes.UnsignedText(headers));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Reply!.ContentType.ShouldBe("text/xml; charset=UTF-8");
        reply.BodyChild!.Name.LocalName.ShouldBe("getPersonResponse");
        reply.Header("id").ShouldBe(headers.Id);
        reply.Header("userId").ShouldBe(headers.UserId);
        reply.Header("protocolVersion").ShouldBe("4.0");
        reply.Text.ShouldContain(TestPersons.Somebody.Surname);
    }

    [Fact]
    public async Task Post_AnswerBeyondTheAgreement_ShowsOnlyWhatIsListed()
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText());

        reply.Text.ShouldNotContain(TestPersons.Somebody.MaritalStatus!);
        reply.Text.ShouldNotContain("photo>");
        reply.IsSigned.ShouldBeFalse("an old client knows no signature header");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- by hand -->\r\n")]
    [InlineData("\uFEFF")]
    [InlineData("<?xml version='1.0' encoding='UTF8' standalone='yes'?>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf8\"?>")]
    public async Task Post_RequestHash_IsThatOfTheClientsRawBytes(string before)
    {
        var bytes = Encoding.UTF8.GetBytes(before + Envelopes.UnsignedText());
        var reply = await drop.PostAsync(drop.Adapter, bytes);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("requestHash").ShouldBe(Convert.ToBase64String(SHA512.HashData(bytes)));
    }

    [Fact]
    public async Task Post_HeadersInAnotherOrder_AreEchoedInTheirOrder()
    {
        var text = Envelopes.UnsignedText();
        var id = text[text.IndexOf("<xrd:id>", StringComparison.Ordinal)..(text.IndexOf("</xrd:id>", StringComparison.Ordinal) + "</xrd:id>".Length)];
        text = text.Replace(id, "", StringComparison.Ordinal).Replace("<soapenv:Header>", "<soapenv:Header>" + id, StringComparison.Ordinal);

        var reply = await drop.PostAsync(text);

        reply.Status.ShouldBe(200, reply.Text);
        var names = reply.Envelope.Root!.Elements().First().Elements().Select(element => element.Name.LocalName).ToList();
        names.ShouldBe(["id", "requestHash", "client", "service", "userId", "issue", "protocolVersion"]);
    }

    [Fact]
    public async Task Post_OtherPrefixesDefaultNamespaceAndCdata_MakeNoDifference()
    {
        var id = Guid.NewGuid().ToString();
        var text = $"""
            <Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header>
            <x:client xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers" i:objectType="SUBSYSTEM"><i:xRoadInstance>sandbox</i:xRoadInstance><i:memberClass>COM</i:memberClass><i:memberCode>60009001</i:memberCode><i:subsystemCode>loans</i:subsystemCode></x:client>
            <service xmlns="http://x-road.eu/xsd/xroad.xsd" xmlns:q="http://x-road.eu/xsd/identifiers" q:objectType='SERVICE'><q:xRoadInstance>sandbox</q:xRoadInstance><q:memberClass>GOV</q:memberClass><q:memberCode>70009001</q:memberCode><q:subsystemCode>registry</q:subsystemCode><q:serviceCode>getPerson</q:serviceCode><q:serviceVersion>v1</q:serviceVersion></service>
            <id xmlns="http://x-road.eu/xsd/xroad.xsd">{id}</id><!-- a comment --><userId xmlns="http://x-road.eu/xsd/xroad.xsd"><![CDATA[{TestPersons.UserId}]]></userId><issue xmlns="http://x-road.eu/xsd/xroad.xsd">{TestPersons.Issue}</issue><protocolVersion xmlns="http://x-road.eu/xsd/xroad.xsd">4.0</protocolVersion>
            </Header><Body><getPerson xmlns="{Envelopes.Producer}"><request><pin><![CDATA[{TestPersons.Somebody.Pin}]]></pin></request></getPerson></Body></Envelope>
            """;
        var reply = await drop.PostAsync(text);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Fault.ShouldBeNull(reply.Text);
        reply.Header("userId").ShouldBe(TestPersons.UserId);
        reply.Text.ShouldContain(TestPersons.Somebody.Surname);
    }

    [Theory]
    [InlineData("windows-1251", "; charset=windows-1251", null)]
    [InlineData("utf-16le", "; charset=utf-16le", null)]
    [InlineData("windows-1251", "", "windows-1251")]
    [InlineData("utf-8", "; charset=utf-8", "ISO-8859-1")]
    [InlineData("utf-8", "", "utf-16")]
    public async Task Post_AnotherCharset_IsUnderstoodAndHashedRaw(string charset, string parameter, string? declared)
    {
        var headers = Envelopes.Headers() with { Issue = "loan-scoring дело 17" };
        var bytes = EncodingOf(charset).GetBytes((declared is null ? "" : $"<?xml version=\"1.0\" encoding=\"{declared}\"?>") + Envelopes.UnsignedText(headers));
        var reply = await drop.PostAsync(drop.Adapter, bytes, "text/xml" + parameter);

        reply.Fault.ShouldBeNull(reply.Text);
        reply.Header("issue").ShouldBe(headers.Issue);
        reply.Header("requestHash").ShouldBe(Convert.ToBase64String(SHA512.HashData(bytes)));
    }

    [Theory]
    [InlineData("windows-1251", "", "xml_malformed")]
    [InlineData("windows-1251", "; charset=utf-8", "xml_malformed")]
    [InlineData("windows-1251", "; charset=x-none", "content_type_unsupported")]
    public async Task Post_CharsetThatNothingNames_IsRefusedWithTheCure(string charset, string parameter, string code)
    {
        var bytes = EncodingOf(charset).GetBytes(Envelopes.UnsignedText(Envelopes.Headers() with { Issue = "loan-scoring дело 17" }));
        var reply = await drop.PostAsync(drop.Adapter, bytes, "text/xml" + parameter);

        reply.FaultCode.ShouldBe("adapter." + code);
        reply.Text.ShouldContain("charset=windows-1251", customMessage: "the remedy");
    }

    [Theory]
    [InlineData("issue", "issue_missing", "issue")]
    [InlineData("userId", "user_id_missing", "userId")]
    public async Task Post_OldClientWithoutPersonOrBasis_IsToldWhatIsMissing(string header, string code, string named)
    {
        var headers = Envelopes.Headers();
        var reply = await drop.PostAsync(Envelopes.UnsignedText(header == "issue" ? headers with { Issue = null } : headers with { UserId = null }));

        reply.Status.ShouldBe(200, "a security server answers a fault with HTTP 200");
        reply.FaultCode.ShouldBe("adapter." + code);
        reply.FaultString.ShouldContain(named);
        reply.Reply!.Headers.ContainsKey("SOAPAction").ShouldBeTrue();
        (await TestWorld.EndOfAsync(drop.World.Consumer, reply.Record.ShouldNotBeNull())).Code.ShouldBe(code);
        TestPersons.ShouldHoldNoValue(reply.Text, "a fault");
    }

    [Theory]
    [InlineData("sandbox/COM/60009001/desk", "client_not_own")]
    [InlineData("sandbox/COM/60009999/loans", "client_not_own")]
    public async Task Post_ClientThatIsNotTheCallers_IsRefused(string client, string code)
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText(Envelopes.Headers() with { Client = ClientId.Parse(client) }));

        reply.FaultCode.ShouldBe("adapter." + code);
        drop.World.InformationSystem.CallsOf(Envelopes.Headers().Id).ShouldBe(0);
    }

    [Fact]
    public async Task Post_MemberAsClient_IsRefusedAsNotOwn()
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText(Envelopes.Headers() with { Client = ClientId.Parse(SandboxNames.ConsumerMember) }));

        reply.FaultCode.ShouldBe("adapter.client_not_own");
    }

    [Fact]
    public async Task Post_CallerBoundToOtherAliases_IsRefused()
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText(), key: "narrow-key");

        reply.FaultCode.ShouldBe("adapter.caller_not_permitted");
    }

    [Fact]
    public async Task Post_UnknownKey_IsRefusedAsAFault()
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText(), key: "nobody");

        reply.Status.ShouldBe(200);
        reply.FaultCode.ShouldBe("adapter.caller_unknown");
    }

    [Fact]
    public async Task Post_ServiceWithoutAgreement_IsRefused()
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse("sandbox/GOV/70009009/registry/getPerson/v1") };
        var reply = await drop.PostAsync(Envelopes.UnsignedText(headers));

        reply.FaultCode.ShouldBe("adapter.no_agreement");
        reply.FaultString.ShouldContain("expected");
    }

    [Fact]
    public async Task Post_FieldTheContractDoesNotKnow_IsRefusedByItsPath()
    {
        var body = Envelopes.GetPerson().Replace("</p:request>", "<p:salary>1</p:salary></p:request>", StringComparison.Ordinal);
        var reply = await drop.PostAsync(Envelopes.UnsignedText(body: body));

        reply.FaultCode.ShouldBe("adapter.contract_violated");
        reply.FaultString.ShouldContain("salary");
    }

    [Fact]
    public async Task Post_WhatStandsBesideTheFields_DoesNotCross()
    {
        var envelope = Envelopes.UnsignedText()
            .Replace("<soapenv:Header>", "<soapenv:Header><w:Security xmlns:w=\"urn:own\"><w:Password>secret-17</w:Password></w:Security><!-- secret-18 -->", StringComparison.Ordinal)
            .Replace("<p:request>", "<p:request><!-- secret-19 -->", StringComparison.Ordinal);
        var sent = drop.World.InformationSystem.Calls.Count;
        var reply = await drop.PostAsync(envelope);

        reply.Fault.ShouldBeNull(reply.Text);
        drop.World.InformationSystem.Calls.Count.ShouldBe(sent + 1);
        var record = (await TestWorld.FindAsync(drop.World.Provider, messageId: reply.Header("id"))).Single(entry => entry.Entry.Kind == EntryKind.Request);
        var message = (await drop.World.Provider.Archive.GetAsync(record.Record, CancellationToken.None))!.Parts.First(part => part.Name == "message");
        Encoding.UTF8.GetString(message.Content.Span).ShouldNotContain("secret-");
    }

    [Fact]
    public async Task Post_ServiceWithoutContract_IsFilteredByTheNamesOfTheMessage()
    {
        var reply = await drop.PostAsync(Lookup("<l:pin>1</l:pin><l:extra>secret-20</l:extra>"));

        reply.Fault.ShouldBeNull(reply.Text);
        drop.Upstream.Calls.Last().Text.ShouldNotContain("secret-20");
        reply.BodyChild!.Name.ShouldBe(XName.Get("lookupResponse", DropInWorld.LookupNamespace));
        reply.BodyChild.Descendants().Select(element => element.Name.LocalName).ShouldBe(["surname", "items", "item", "item"]);
        reply.BodyChild.Value.ShouldBe("Invented12 & 3");
    }

    [Fact]
    public async Task Post_ServiceWithoutContract_IsArchivedValueByValueAndFoundByPerson()
    {
        var id = Guid.NewGuid().ToString();
        (await drop.PostAsync(Lookup("<l:pin>21502197994378</l:pin>", id))).Fault.ShouldBeNull();

        var request = (await TestWorld.FindAsync(drop.World.Consumer, messageId: id)).Single(entry => entry.Entry.Kind == EntryKind.Request);
        var record = await drop.World.Consumer.Archive.GetAsync(request.Record, CancellationToken.None);
        record!.Values.ShouldContain(value => value.Path == "pin");
    }

    [Theory]
    [InlineData("text/plain", "content_type_unsupported")]
    [InlineData("application/json", "content_type_unsupported")]
    public async Task Post_AnotherContentType_IsRefused(string contentType, string code) =>
        (await drop.PostAsync(Envelopes.UnsignedText(), contentType)).FaultCode.ShouldBe("adapter." + code);

    [Fact]
    public async Task Post_SoapActionThatIsNoQuotedUri_IsRefused() =>
        (await drop.PostAsync(Envelopes.UnsignedText(), soapAction: "getPerson")).FaultCode.ShouldBe("adapter.header_invalid");

    [Fact]
    public async Task Post_SoapActionThatIsListed_ReachesTheInformationSystemUnchanged()
    {
        (await drop.PostAsync(Lookup("<l:pin>1</l:pin>"), soapAction: "\"urn:lookup\"")).Fault.ShouldBeNull();

        drop.Upstream.Calls.Last().Headers["SOAPAction"].ShouldBe("\"urn:lookup\"");
    }

    [Fact]
    public async Task Post_FaultOfTheSecurityServer_KeepsItsCode()
    {
        var headers = Envelopes.Headers() with { SecurityServer = SecurityServerId.Parse("sandbox/GOV/70009001/ss9") };
        var reply = await drop.PostAsync(Envelopes.UnsignedText(headers));
        var direct = await drop.PostAsync(drop.SecurityServer, Envelopes.Bytes(Envelopes.UnsignedText(headers)));

        reply.Status.ShouldBe(direct.Status);
        reply.FaultCode.ShouldBe(direct.FaultCode);
        reply.FaultCode.ShouldBe("server.clientproxy.invalid_security_server");
    }

    [Fact]
    public async Task Post_FaultOfTheProvider_KeepsCodeAndStructureWithoutWords()
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(
            UpstreamDouble.Envelope("<s:Fault xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><faultcode>s:Client.NotFound</faultcode><faultstring>no person 21502197994378</faultstring><detail><reason>17</reason><person>21502197994378</person></detail></s:Fault>"),
            status: 500);
        var reply = await drop.PostAsync(Lookup("<l:pin>1</l:pin>"));

        reply.Status.ShouldBe(200);
        reply.FaultCode.ShouldBe("soapenv:Client.NotFound", "the prefix that is bound where it arrives");
        reply.Fault!.Element("detail")!.Elements().Select(element => element.Name.LocalName).ShouldBe(["reason"]);
        reply.Text.ShouldNotContain("21502197994378");
    }

    [Fact]
    public async Task Post_CompressedBody_IsRefusedByName()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, drop.Adapter) { Content = new StringContent(Envelopes.UnsignedText(), Encoding.UTF8, "text/xml") };
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + drop.World.Folders.ApiKey);
        var reply = SoapReply.Read(await drop.World.SendAsync(request));

        reply.FaultCode.ShouldBe("adapter.content_type_unsupported");
        reply.FaultString.ShouldContain("Content-Encoding");
    }

    [Fact]
    public async Task Post_AddressOfOlderClients_IsTheSameFace()
    {
        var address = new Uri(drop.Adapter, "cgi-bin/consumer_proxy");

        (await drop.PostAsync(address, Encoding.UTF8.GetBytes(Envelopes.UnsignedText()))).Fault.ShouldBeNull();
        var refused = await drop.PostAsync(address, Encoding.UTF8.GetBytes(Envelopes.UnsignedText()), key: "none");
        (refused.Status, refused.FaultCode).ShouldBe((200, "adapter.caller_unknown"));
    }

    private static string Lookup(string content, string? id = null) => Envelopes.UnsignedText(
        Envelopes.Headers(id) with { Service = ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\">{content}</l:lookup>");

    private static Encoding EncodingOf(string charset) => charset switch
    {
        "utf-16le" => Encoding.Unicode,
        "utf-8" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        _ => CodePagesEncodingProvider.Instance.GetEncoding(1251)!,
    };
}
