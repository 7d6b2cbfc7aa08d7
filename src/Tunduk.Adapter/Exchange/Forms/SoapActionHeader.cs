using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
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

    /// <summary>Name of the header as an agreement lists it.</summary>
    public const string Name = "soapaction";

    /// <summary>The action that goes on, with a note of what the shadow version would do otherwise.</summary>
    public static string Of(ExchangeRun run, string? received, Operation? operation)
    {
        HeaderDifference.Note(run, FieldList.Request, string.IsNullOrEmpty(received) || received == None ? [] : [Name]);
        return Of(received, operation, run.Terms);
    }

    public static string Of(string? received, Operation? operation, AgreementService? terms)
    {
        if (!string.IsNullOrEmpty(received) && terms is not null && terms.RequestHeaders.Contains(Name))
        {
            return received;
        }

        return operation is { SoapAction: { Length: > 0 } action } ? $"\"{action}\"" : None;
    }
}
