using Tunduk.Evidence.Soap;

namespace Tunduk.Evidence.Tests.Soap.Attacks;

/// <summary>One known trick: what is done to a good message, and the code that must refuse it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Expected">Code.</param>
/// <param name="Make">Makes the attack from a good signed request.</param>
internal sealed record Attack(string Name, SoapVerificationCode Expected, Func<string, string> Make)
{
    /// <summary>Changes what the receiver holds the message against.</summary>
    public Func<SoapVerificationInput, SoapVerificationInput> Receiver { get; init; } = input => input;

    public override string ToString() => Name;
}
