using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;
using Tunduk.XRoad.Soap;
using Tunduk.XRoad.Tests.Soap;

namespace Tunduk.XRoad.Tests.Metaservices;

public sealed class MetaserviceTests
{
    private static readonly ListedClient[] s_clients =
    [
        new(ClientId.Parse("sandbox/GOV/70009001"), "Register <of> people", null),
        new(ClientId.Parse("sandbox/GOV/70009001/registry"), "Register <of> people", "Тестовый \"реестр\""),
    ];

    [Fact]
    public void ClientList_XmlAndJson_ReadBack()
    {
        ArrayBufferWriter<byte> xml = new(), json = new();
        ClientList.WriteXml(xml, s_clients);
        ClientList.WriteJson(json, s_clients);

        ClientList.TryReadXml(xml.WrittenMemory, out MetaserviceList<ListedClient>? fromXml, out _).ShouldBeTrue();
        ClientList.TryReadJson(json.WrittenMemory, out MetaserviceList<ListedClient>? fromJson, out _).ShouldBeTrue();
        fromXml.Items.ShouldBe(s_clients);
        fromJson.Items.ShouldBe(s_clients);
        (fromXml.Skipped + fromJson.Skipped).ShouldBe(0);
        Encoding.UTF8.GetString(json.WrittenSpan).ShouldContain("{\"id\":{\"object_type\":\"MEMBER\",\"xroad_instance\":\"sandbox\",\"member_class\":\"GOV\",\"member_code\":\"70009001\"}");
    }

    [Fact]
    public void ClientList_RowOutsideTheRules_IsSkippedAndCounted()
    {
        const string json = """{"member":[{"id":{"xroad_instance":"a","member_class":"b","member_code":"c/d"}},{"id":{"xroad_instance":"a","member_class":"b","member_code":"c"}},1,{}]}""";
        ClientList.TryReadJson(Encoding.UTF8.GetBytes(json), out MetaserviceList<ListedClient>? list, out _).ShouldBeTrue();
        list.Items.Count.ShouldBe(1);
        list.Skipped.ShouldBe(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"member\":{}}")]
    [InlineData("{\"member\":[],\"member\":[]}")]
    [InlineData("<a/>")]
    public void ClientList_OtherShapes_AreRefused(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ClientList.TryReadJson(bytes, out _, out ProtocolFault json).ShouldBeFalse();
        ClientList.TryReadXml(bytes, out _, out ProtocolFault xml).ShouldBeFalse();
        json.Reason.ShouldBe("metaservice-answer");
        xml.Reason.ShouldBe("metaservice-answer");
    }

    [Fact]
    public void Targets_OfInstancesAndServices_AreEncoded()
    {
        ClientList.Target(null).ShouldBe("/listClients");
        ClientList.Target("a&b").ShouldBe("/listClients?xRoadInstance=a%26b");
        ClientList.WantsJson("text/xml, Application/JSON").ShouldBeTrue();
        ClientList.WantsJson("*/*").ShouldBeFalse();
        RestMethodList.Target(ClientId.Parse("a/b/c/d+e"), Metaservice.ListMethods).ShouldBe("/r1/a/b/c/d%2Be/listMethods");
        RestMethodList.OpenApiTarget(ServiceId.Parse("a/b/c/d/x+y")).ShouldBe("/r1/a/b/c/d/getOpenAPI?serviceCode=x%2By");
    }

    [Theory]
    [InlineData(Metaservice.ListMethods)]
    [InlineData(Metaservice.AllowedMethods)]
    public void SoapMethodList_WrittenAnswer_ReadsBack(string metaservice)
    {
        ServiceId[] services = [ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1"), ServiceId.Parse("sandbox/GOV/70009001/registry/getPhoto")];
        ArrayBufferWriter<byte> body = new();
        SoapMethodList.WriteResponseBody(body, metaservice, services);
        using SoapMessage message = SoapSample.Read(SoapSample.Envelope(SoapSample.Client + SoapSample.Service + SoapSample.Rest, Encoding.UTF8.GetString(body.WrittenSpan)));

        SoapMethodList.TryRead(message.BodyChild, metaservice, out MetaserviceList<ServiceId>? list, out _).ShouldBeTrue();
        list.Items.ShouldBe(services);
        message.Kind.ShouldBe(SoapBodyKind.Response);
        SoapMethodList.TryRead(message.BodyChild, "other", out _, out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldBe("metaservice-answer");
    }

    [Fact]
    public void SoapMethodList_RequestBody_IsTheEmptyElement()
    {
        ArrayBufferWriter<byte> body = new();
        SoapMethodList.WriteRequestBody(body, Metaservice.ListMethods);
        Encoding.UTF8.GetString(body.WrittenSpan).ShouldBe("<xrd:listMethods xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\"/>");
    }

    [Theory]
    [InlineData("sandbox/GOV/70009001/registry/getPerson/v1")]
    [InlineData("sandbox/GOV/70009001/registry/getPerson")]
    public void GetWsdl_RequestBody_ReadsBack(string text)
    {
        ServiceId service = ServiceId.Parse(text);
        ArrayBufferWriter<byte> body = new();
        SoapMethodList.WriteWsdlRequestBody(body, service);
        using SoapMessage message = SoapSample.Read(SoapSample.Envelope(SoapSample.Client + SoapSample.Service + SoapSample.Rest, Encoding.UTF8.GetString(body.WrittenSpan)));
        SoapMethodList.TryReadWsdlRequest(message.BodyChild, service.Provider, out ServiceId read, out _).ShouldBeTrue();
        read.ShouldBe(service);
    }

    [Theory]
    [InlineData("<getWsdl/>")]
    [InlineData("<getWsdl xmlns=\"http://x-road.eu/xsd/xroad.xsd\"/>")]
    [InlineData("<getWsdl xmlns=\"http://x-road.eu/xsd/xroad.xsd\"><serviceCode>a/b</serviceCode></getWsdl>")]
    public void GetWsdl_RequestWithoutAService_IsRefused(string body)
    {
        using SoapMessage message = SoapSample.Read(SoapSample.Envelope(SoapSample.Client + SoapSample.Service + SoapSample.Rest, body));
        SoapMethodList.TryReadWsdlRequest(message.BodyChild, ClientId.Parse("a/b/c"), out _, out ProtocolFault fault).ShouldBeFalse();
        fault.XRoadCode.ShouldBe(XRoadFaultCode.InvalidRequest);
    }

    [Fact]
    public void RestMethodList_WrittenAnswer_ReadsBack()
    {
        ListedMethod method = new(ServiceId.Parse("sandbox/GOV/70009001/registry/people"), "OPENAPI", [new("GET", "/people/*"), new("*", "**")]);
        ArrayBufferWriter<byte> json = new();
        RestMethodList.Write(json, [method]);
        RestMethodList.TryRead(json.WrittenMemory, out MetaserviceList<ListedMethod>? list, out _).ShouldBeTrue();
        list.Items[0].Service.ShouldBe(method.Service);
        list.Items[0].ServiceType.ShouldBe("OPENAPI");
        list.Items[0].Endpoints.ShouldBe(method.Endpoints);
    }

    [Fact]
    public void Readers_AnyBytes_NeverThrow() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            bytes ??= [];
            ClientList.TryReadJson(bytes, out _, out _);
            ClientList.TryReadXml(bytes, out _, out _);
            RestMethodList.TryRead(bytes, out _, out _);
            byte[] wrapped = [.. "{\"service\":[{\"member_code\":\""u8, .. bytes, .. "\\ud800\"}]}"u8];
            RestMethodList.TryRead(wrapped, out _, out _);
            return true;
        }).Hold();

    [Theory]
    [InlineData("listMethods", true)]
    [InlineData("getOpenAPI", true)]
    [InlineData("getPerson", false)]
    public void IsReserved_MetaserviceCodes_Are(string code, bool reserved) => Metaservice.IsReserved(code).ShouldBe(reserved);
}
