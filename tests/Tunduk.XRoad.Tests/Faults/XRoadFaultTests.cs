using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Tests.Faults;

public sealed class XRoadFaultTests
{
    [Theory]
    [InlineData("Server.ServerProxy.ServiceFailed.MissingBody", "server.serverproxy.service_failed.missing_body", FaultOrigin.ProviderSystemAnswer, XRoadFaultCode.MissingBody)]
    [InlineData("Server.ServerProxy.AccessDenied", "server.serverproxy.access_denied", FaultOrigin.ProviderSecurityServer, XRoadFaultCode.AccessDenied)]
    [InlineData("Server.ClientProxy.OutdatedGlobalConf", "server.clientproxy.global_conf_outdated", FaultOrigin.ConsumerSecurityServer, XRoadFaultCode.GlobalConfOutdated)]
    [InlineData("Server.ClientProxy.IOError", "server.clientproxy.io_error", FaultOrigin.ConsumerSecurityServer, XRoadFaultCode.IOError)]
    [InlineData("Server.ClientProxy.HSMNonOperational", "server.clientproxy.hsm_non_operational", FaultOrigin.ConsumerSecurityServer, XRoadFaultCode.HsmNonOperational)]
    [InlineData("Client.MissingSoap", "client.missing_soap", FaultOrigin.ConsumerSystem, XRoadFaultCode.MissingSoap)]
    [InlineData("Server.ClientProxy.ServiceFailed.InconsistentResponse", "server.clientproxy.service_failed.inconsistent_response", FaultOrigin.PeerSecurityServerAnswer, XRoadFaultCode.InconsistentResponse)]
    [InlineData("Signer.TokenNotActive", "signer.token_not_active", FaultOrigin.Signer, XRoadFaultCode.TokenNotActive)]
    [InlineData("Server.ServerProxy.OpMonitor.InternalError", "server.serverproxy.opmonitor.internal_error", FaultOrigin.OperationalMonitor, XRoadFaultCode.InternalError)]
    [InlineData("Server.ServerProxy.ServiceFailed", "server.serverproxy.service_failed", FaultOrigin.ProviderSecurityServer, XRoadFaultCode.ServiceFailed)]
    [InlineData("Server.ServerProxy.AsicManifestNotFound", "server.serverproxy.asic_manifest_not_found", FaultOrigin.ProviderSecurityServer, XRoadFaultCode.Asic)]
    public void Classify_BothSpellings_GiveOneValue(string old, string current, FaultOrigin origin, XRoadFaultCode code)
    {
        XRoadFault.Classify(old).ShouldBe(new XRoadFault(origin, code));
        XRoadFault.Classify(current).ShouldBe(new XRoadFault(origin, code));
    }

    [Fact]
    public void Classify_SignatureVerificationPrefix_IsKeptApart()
    {
        XRoadFault fault = XRoadFault.Classify("server.serverproxy.signature_verification.cert_validation");
        fault.ShouldBe(new XRoadFault(FaultOrigin.ProviderSecurityServer, XRoadFaultCode.CertValidation, InSignatureVerification: true));
        fault.MayHaveExecuted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Server")]
    [InlineData("Client")]
    [InlineData("soap:Server")]
    [InlineData("SOAP-ENV:Server.ServerProxy.AccessDenied")]
    [InlineData("Client.Authentication.Expired")]
    [InlineData("Server.Application.Broken")]
    [InlineData("E1042")]
    public void Classify_CodeOfAnInformationSystem_IsItsOwn(string? text)
    {
        XRoadFault fault = XRoadFault.Classify(text);
        fault.Origin.ShouldBe(FaultOrigin.ProviderSystem);
        fault.Code.ShouldBe(XRoadFaultCode.Own);
        fault.IsFromSecurityServer.ShouldBeFalse();
        fault.MayHaveExecuted.ShouldBeTrue();
    }

    [Fact]
    public void Classify_UnknownCodeWithXRoadsPrefix_IsUnrecognisedAndMayHaveExecuted()
    {
        XRoadFault fault = XRoadFault.Classify("server.serverproxy.quantum_flux");
        fault.ShouldBe(new XRoadFault(FaultOrigin.ProviderSecurityServer, XRoadFaultCode.Unrecognised));
        fault.MayHaveExecuted.ShouldBeTrue();
    }

    [Theory]
    [InlineData("server.serverproxy.access_denied", false)]
    [InlineData("server.serverproxy.service_disabled", false)]
    [InlineData("server.serverproxy.unknown_service", false)]
    [InlineData("server.serverproxy.logging_failed", true)]
    [InlineData("server.serverproxy.internal_error", true)]
    [InlineData("server.serverproxy.service_failed.http_error", true)]
    [InlineData("server.serverproxy.service_failed.network_error", true)]
    [InlineData("server.serverproxy.service_failed.unknown_host", false)]
    [InlineData("server.clientproxy.inconsistent_response", true)]
    [InlineData("server.clientproxy.network_error", true)]
    [InlineData("server.clientproxy.unknown_member", false)]
    [InlineData("client.invalid_xml", false)]
    public void MayHaveExecuted_FollowsTheOrderOfSteps(string code, bool may) =>
        XRoadFault.Classify(code).MayHaveExecuted.ShouldBe(may);

    [Fact]
    public void ToWire_EveryCodeEveryOriginBothSpellings_ClassifiesBack()
    {
        foreach (FaultOrigin origin in Enum.GetValues<FaultOrigin>().Where(o => o != FaultOrigin.ProviderSystem))
        {
            foreach (XRoadFaultCode code in Enum.GetValues<XRoadFaultCode>())
            {
                if (code is XRoadFaultCode.Own or XRoadFaultCode.Unrecognised)
                {
                    continue;
                }

                XRoadFault fault = new(origin, code);
                XRoadFault.Classify(fault.ToWire(FaultSpelling.LowerCase)).ShouldBe(fault);

                // Before 7.8 an unresolvable host was a network error.
                XRoadFault expected = code == XRoadFaultCode.UnknownHost ? new XRoadFault(origin, XRoadFaultCode.NetworkError) : fault;
                XRoadFault.Classify(fault.ToWire(FaultSpelling.PascalCase)).ShouldBe(expected);
            }
        }
    }

    [Theory]
    [InlineData("server.clientproxy.invalid_client_identifier", 500)]
    [InlineData("client.bad_request", 400)]
    public void RestStatus_ByPrefix(string code, int status) => XRoadFault.Classify(code).RestStatus.ShouldBe(status);

    [Fact]
    public void Classify_AnyText_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => Enum.IsDefined(XRoadFault.Classify(text).Origin)).Hold();
}
