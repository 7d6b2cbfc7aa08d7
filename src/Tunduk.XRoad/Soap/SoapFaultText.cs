namespace Tunduk.XRoad.Soap;

/// <summary>
/// The texts of a SOAP 1.1 fault (SOAP 1.1 §4.4) in the shape security servers use.
/// </summary>
/// <param name="Code">Written without prefix.</param>
/// <param name="Message">For people.</param>
/// <param name="Detail">The text of <c>faultDetail</c>, a UUID by which logs can be found; null: no detail.</param>
/// <param name="Actor">Written empty when null.</param>
public readonly record struct SoapFaultText(string Code, string Message, string? Detail, string? Actor = null)
{
    /// <summary>Code and length only: texts of faults can hold personal data.</summary>
    public override string ToString() => $"{Code}, message of {Message?.Length ?? 0} characters";
}
