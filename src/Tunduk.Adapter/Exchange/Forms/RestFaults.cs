using Tunduk.XRoad.Faults;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>A fault of the REST protocol as a refusal.</summary>
internal static class RestFaults
{
    public static ExchangeError From(ProtocolFault fault, ExchangeStage stage = ExchangeStage.Decode) => new(stage, CodeOf(fault))
    {
        Path = fault.Path,
        Expected = fault.Expected,
        Found = fault.Found,
    };

    private static string CodeOf(ProtocolFault fault) => fault.Reason switch
    {
        "rest-client-missing" => ExchangeCodes.HeaderMissing,
        "rest-header-duplicate" => ExchangeCodes.HeaderDuplicate,
        "rest-header-value" => ExchangeCodes.HeaderInvalid,
        "rest-method" => ExchangeCodes.MethodUnsupported,
        "rest-body-not-forwarded" => ExchangeCodes.BodyNotForwarded,
        "identifier-invalid" when fault.Path.StartsWith("X-Road-", StringComparison.OrdinalIgnoreCase) => ExchangeCodes.HeaderInvalid,
        _ => ExchangeCodes.AddressInvalid,
    };
}
