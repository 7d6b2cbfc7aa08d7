using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Rest;

namespace Tunduk.XRoad.Tests.Rest;

public sealed class RestTargetTests
{
    [Theory]
    [InlineData("/r1/sandbox/GOV/70009001/registry/people", "", null)]
    [InlineData("/r1/sandbox/GOV/70009001/registry/people/", "/", null)]
    [InlineData("/r1/sandbox/GOV/70009001/registry/people?", "", "")]
    [InlineData("/r1/sandbox/GOV/70009001/registry/people/12/%d0%B0?q=a/../b&x=%zz", "/12/%d0%B0", "q=a/../b&x=%zz")]
    public void TryParse_PathAndQuery_AreKeptRaw(string raw, string path, string? query)
    {
        RestTarget.TryParse(raw, IdentifierRules.Strict, out RestTarget target, out ProtocolFault fault).ShouldBeTrue(fault.ToString());
        target.Service.ToString().ShouldBe("sandbox/GOV/70009001/registry/people");
        target.RawPath.ShouldBe(path);
        target.RawQuery.ShouldBe(query);
        target.ToRequestTarget().ShouldBe(raw);
    }

    [Fact]
    public void TryParse_EncodedIdentifier_IsDecodedPartByPart()
    {
        RestTarget.TryParse("/r1/a/b/c/d%20e/%D0%BA", IdentifierRules.AsSecurityServer, out RestTarget target, out _).ShouldBeTrue();
        target.Service.Provider.SubsystemCode.ShouldBe("d e");
        target.Service.Code.ShouldBe("к");
        target.ToRequestTarget().ShouldBe("/r1/a/b/c/d%20e/%D0%BA");
    }

    [Theory]
    [InlineData(null, "rest-path-shape")]
    [InlineData("", "rest-path-shape")]
    [InlineData("/", "rest-path-shape")]
    [InlineData("/r1/a/b/c/d", "rest-path-shape")]
    [InlineData("/r2/a/b/c/d/e", "rest-path-shape")]
    [InlineData("r1/a/b/c/d/e", "rest-path-shape")]
    [InlineData("//r1/a/b/c/d/e", "rest-path-shape")]
    [InlineData("/r1/a/b/c//e", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d/", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d%2Fx/e", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d%252Fx/e", "identifier-invalid")]
    [InlineData("/r1/a/b/../d/e", "identifier-invalid")]
    [InlineData("/r1/a/b/%2e%2e/d/e", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d/e%00", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d/e%E2%80%8B", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d/e%", "identifier-invalid")]
    [InlineData("/r1/a/b/c/d/e/../f", "rest-path-dot-segment")]
    [InlineData("/r1/a/b/c/d/e/.", "rest-path-dot-segment")]
    [InlineData("/r1/a/b/c/d/e/%2e%2E/f", "rest-path-dot-segment")]
    [InlineData("/r1/a/b/c/d/e/.%2e/f", "rest-path-dot-segment")]
    [InlineData("/r1/a/b/c/d/e/..;x=y/f", "rest-path-dot-segment")]
    [InlineData("/r1/a/b/c/d/e/%252e%252e/f", "rest-path-double-encoding")]
    [InlineData("/r1/a/b/c/d/e/x%25252Fy", "rest-path-double-encoding")]
    [InlineData("/r1/a/b/c/d/e//f", "rest-path-double-slash")]
    [InlineData("/r1/a/b/c/d/e/x%2fy", "rest-path-encoded-slash")]
    [InlineData("/r1/a/b/c/d/e/x%5Cy", "rest-path-encoded-slash")]
    [InlineData("/r1/a/b/c/d/e/x\\y", "rest-path-backslash")]
    [InlineData("/r1/a/b/c/d/e/x%0d%0a", "rest-path-control")]
    [InlineData("/r1/a/b/c/d/e/x%ff", "rest-path-encoding")]
    [InlineData("/r1/a/b/c/d/e/x%c0%ae", "rest-path-encoding")]
    [InlineData("/r1/a/b/c/d/e/x#f", "rest-target-character")]
    [InlineData("/r1/a/b/c/d/e/x y", "rest-target-character")]
    [InlineData("/r1/a/b/c/d/e/x\r\n", "rest-target-character")]
    [InlineData("/r1/a/b/c/d/e/х", "rest-target-character")]
    public void TryParse_WhatTwoReadersMayReadDifferently_IsRefusedByName(string? raw, string reason)
    {
        RestTarget.TryParse(raw, IdentifierRules.Strict, out _, out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldBe(reason);
    }

    [Fact]
    public void TryParse_EncodedSlashAllowed_StillRefusesTraversal()
    {
        Parse("/r1/a/b/c/d/e/12%2F34").ShouldBe(default);
        Parse("/r1/a/b/c/d/e/12%2F..%2F34").Reason.ShouldBe("rest-path-dot-segment");
        Parse("/r1/a/b/c/d/e/12%2F%2F34").Reason.ShouldBe("rest-path-dot-segment");
        Parse("/r1/a/b/c/d/e/12%5C34").Reason.ShouldBe("rest-path-encoded-slash");

        static ProtocolFault Parse(string raw)
        {
            RestTarget.TryParse(raw, IdentifierRules.Strict, out _, out ProtocolFault fault, allowEncodedSlash: true);
            return fault;
        }
    }

    [Fact]
    public void TryParse_LongTarget_IsRefused()
    {
        RestTarget.TryParse("/r1/a/b/c/d/e/" + new string('x', RestTarget.MaxLength), IdentifierRules.Strict, out _, out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldBe("rest-target-too-long");
    }

    [Fact]
    public void TryCreate_PathWithoutSlashOrWithQuestionMark_IsRefused()
    {
        ServiceId service = ServiceId.Parse("a/b/c/d/e");
        RestTarget.TryCreate(service, "/x", "q=1", out RestTarget target, out _).ShouldBeTrue();
        target.ToRequestTarget().ShouldBe("/r1/a/b/c/d/e/x?q=1");
        RestTarget.TryCreate(service, "x", null, out _, out _).ShouldBeFalse();
        RestTarget.TryCreate(service, "/x?y", null, out _, out _).ShouldBeFalse();
        RestTarget.TryCreate(service, "/x", "a#b", out _, out _).ShouldBeFalse();
        RestTarget.TryCreate(service, "/../x", null, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_AnyPath_NeverThrowsAndAcceptedOnesRoundTrip() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            string raw = "/r1/a/b/c/d/e/" + text;
            return !RestTarget.TryParse(raw, IdentifierRules.Strict, out RestTarget target, out _) || target.ToRequestTarget() == raw;
        }).Hold();
}
