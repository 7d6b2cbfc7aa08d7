using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The SOAPAction that goes with a message: a text of the sender's choice is no field of any list. The contract's own passes,
/// and that of a sender where the agreement lists the header; otherwise the empty one, as security servers take it.
/// </summary>
internal static class SoapActionHeader
{
    /// <summary>The header of a message without an action (SOAP 1.1 §6.1.1).</summary>
    public const string None = "\"\"";

    public static string Of(string? received, Operation? operation, AgreementService? terms)
    {
        if (!string.IsNullOrEmpty(received) && terms is not null && terms.RequestHeaders.Contains("soapaction"))
        {
            return received;
        }

        return operation is { SoapAction: { Length: > 0 } action } ? $"\"{action}\"" : None;
    }
}
