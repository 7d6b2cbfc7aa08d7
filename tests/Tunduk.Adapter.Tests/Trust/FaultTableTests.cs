using System.Reflection;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Tests.Attacks;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Keys;
using Tunduk.Adapter.Tests.Signing;

namespace Tunduk.Adapter.Tests.Trust;

/// <summary>
/// Every fault of authorities, certificates, key files and tokens that may happen: the code somebody sees, what it says in detail,
/// and the test that provokes it. A row without its test does not compile, a code without a remedy fails.
/// </summary>
public sealed class FaultTableTests
{
    private static readonly Row[] Table =
    [
        new("OCSP stale", ExchangeCodes.RevocationUnknown, "ocsp_stale", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ResponderAtFault_RefusedByName)),
        new("OCSP wrong responder", ExchangeCodes.RevocationUnknown, "ocsp_key_usage", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ResponderAtFault_RefusedByName)),
        new("OCSP wrong nonce", ExchangeCodes.RevocationUnknown, "ocsp_nonce_differs", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ResponderAtFault_RefusedByName)),
        new("OCSP of every fault, in an exchange", ExchangeCodes.RevocationUnknown, "ocsp_other_certificate", typeof(RevocationExchangeTests), nameof(RevocationExchangeTests.Answer_ResponderAtAnyFault_RefusedAndTheEntrySaysWhich)),
        new("OCSP unknown certificate", ExchangeCodes.RevocationUnknown, "ocsp_certificate_unknown", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ResponderDoesNotKnowTheCertificate_NoListTakesThatBackAndAnotherResponderMay)),
        new("OCSP revoked between two messages, in an exchange", ExchangeCodes.CertificateRevoked, "certificate_revoked", typeof(RevocationExchangeTests), nameof(RevocationExchangeTests.Answer_RevokedBetweenTwoMessages_TheSecondIsRefused)),
        new("CRL of every fault, in an exchange", ExchangeCodes.RevocationUnknown, "crl_malformed", typeof(RevocationExchangeTests), nameof(RevocationExchangeTests.Answer_ListAtAnyFault_RefusedAndTheEntrySaysWhich)),
        new("OCSP tryLater", ExchangeCodes.RevocationUnknown, "ocsp_try_later", typeof(RevocationExchangeTests), nameof(RevocationExchangeTests.Answer_NobodyAnswersAboutTheCertificate_RefusedUntilSomebodyDoes)),
        new("OCSP hangs", ExchangeCodes.RevocationUnknown, "nothing within", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ResponderAtFault_RefusedByName)),
        new("OCSP revoked between two messages", ExchangeCodes.CertificateRevoked, "KeyCompromise", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_RevokedBetweenTwoMessages_RefusedAsSoonAsTheAnswerEnds)),
        new("OCSP revoked, in an exchange", ExchangeCodes.CertificateRevoked, "certificate_revoked", typeof(RevocationExchangeTests), nameof(RevocationExchangeTests.Answer_RevokedCertificate_RefusedByItsCode)),
        new("OCSP revoked, then silenced", ExchangeCodes.CertificateRevoked, "ocsp_try_later", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_RevokedAndThenNobodyAnswers_StaysRevokedEvenWhereSilenceIsAccepted)),
        new("OCSP responder down for an hour", ExchangeCodes.RevocationUnknown, "FailureKept", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_NobodyAnswersForAnHour_AcceptedAndFlaggedNoLongerThanConfigured)),
        new("CRL expired", ExchangeCodes.RevocationUnknown, "crl_stale", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ListAtFault_RefusedByNameWithinItsTime)),
        new("CRL huge", ExchangeCodes.RevocationUnknown, "more than", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ListAtFault_RefusedByNameWithinItsTime)),
        new("CRL wrong issuer", ExchangeCodes.RevocationUnknown, "crl_wrong_issuer", typeof(RevocationServiceTests), nameof(RevocationServiceTests.Check_ListAtFault_RefusedByNameWithinItsTime)),
        new("TSA down", ExchangeCodes.TimestampOverdue, "timestamp_overdue", typeof(RevocationExchangeTests), nameof(RevocationExchangeTests.Ask_NoTimestampWithinTheGap_NothingIsSentUntilAnAuthorityAnswers)),
        new("TSA down, another takes over", ExchangeCodes.TimestampOverdue, "TsaAddress", typeof(TimestampServiceTests), nameof(TimestampServiceTests.Stamp_FirstAuthorityDown_TheSecondStampsAndThatIsNamed)),
        new("TSA wrong digest", ExchangeCodes.TimestampOverdue, "timestamp_imprint", typeof(TimestampServiceTests), nameof(TimestampServiceTests.Stamp_FirstAuthorityAtFault_TheSecondStampsAndTheFaultIsNamed)),
        new("TSA wrong policy", ExchangeCodes.TimestampOverdue, "policy", typeof(TimestampServiceTests), nameof(TimestampServiceTests.Stamp_PolicyThatIsNotTheAuthoritys_RefusedByName)),
        new("TSA clock off", ExchangeCodes.TimestampOverdue, "timestamp_in_future", typeof(TimestampServiceTests), nameof(TimestampServiceTests.Stamp_ClocksApart_RefusedByNameWithTheSeconds)),
        new("certificate expired", ExchangeCodes.CertificateNotTrusted, "certificate-expired", typeof(AttackTests), nameof(AttackTests.Answer_Attack_RefusedByItsCodeAndReachesNobody)),
        new("certificate not yet valid", ExchangeCodes.CertificateNotTrusted, "certificate-not-yet-valid", typeof(AttackTests), nameof(AttackTests.Answer_Attack_RefusedByItsCodeAndReachesNobody)),
        new("certificate wrong usage", ExchangeCodes.CertificateNotTrusted, "Encipherer", typeof(AttackTests), nameof(AttackTests.Answer_Attack_RefusedByItsCodeAndReachesNobody)),
        new("certificate unknown critical extension", ExchangeCodes.CertificateNotTrusted, "certificate-with-an-unknown-critical-extension", typeof(AttackTests), nameof(AttackTests.Answer_Attack_RefusedByItsCodeAndReachesNobody)),
        new("certificate weak key", ExchangeCodes.CertificateNotTrusted, "AttackCorpus.Weak", typeof(AttackTests), nameof(AttackTests.Answer_Attack_RefusedByItsCodeAndReachesNobody)),
        new("certificate same name with another key", ExchangeCodes.CertificateNotTrusted, "certificate-of-the-same-name-with-another-key", typeof(AttackTests), nameof(AttackTests.Answer_Attack_RefusedByItsCodeAndReachesNobody)),
        new("own certificate revoked", ExchangeCodes.SigningKeyUnavailable, "revoked", typeof(OwnRevocationTests), nameof(OwnRevocationTests.Ready_OwnCertificateRevoked_NamedAndNothingIsSignedWithIt)),
        new("key file wrong password", "key_password_wrong", "key_password_wrong", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.TryRead_WrongFile_SaysItToTheWord)),
        new("key file wrong pair", "key_key_pair", "key_key_pair", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.TryRead_WrongFile_SaysItToTheWord)),
        new("key file wrong pair while running", "key_key_pair", "key_key_pair", typeof(KeyRotationTests), nameof(KeyRotationTests.Reload_BrokenChange_RaisesAnAlarmAndTheKeysStay)),
        new("key file readable by others", "key_file_readable_by_others", "key_file_readable_by_others", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.TryRead_WrongFile_SaysItToTheWord)),
        new("own certificate wrong usage", "key_certificate_usage", "key_certificate_usage", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.Load_CertificateThatCounterpartiesRefuse_IsAFaultOfTheConfiguration)),
        new("own certificate unknown critical extension", "key_certificate_extension", "key_certificate_extension", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.Load_CertificateThatCounterpartiesRefuse_IsAFaultOfTheConfiguration)),
        new("own certificate signed weakly", ExchangeCodes.CertificateNotTrusted, "sha1RSA", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.KeysShow_File_SaysWhatItIsAndWhetherItMaySign)),
        new("key weak", "key_key_weak", "key_key_weak", typeof(KeyFileWordsTests), nameof(KeyFileWordsTests.Load_KeyThatCountersignersRefuse_IsAFaultOfTheConfiguration)),
        new("token PIN wrong", "key_pin_wrong", "key_pin_wrong", typeof(TokenTests), nameof(TokenTests.Keys_WrongPinForTwoKeysOfOneToken_IsTriedOnce)),
        new("token PIN missing", "key_pin_missing", "key_pin_missing", typeof(TokenTests), nameof(TokenTests.Keys_TokenNotAsItShould_SaysWhichWayWithinSeconds)),
        new("token PIN blocked", "key_pin_blocked", "key_pin_blocked", typeof(TokenTests), nameof(TokenTests.Refuse_FlagsOfTheToken_TheLastTryIsNeverSpent)),
        new("token pulled under load", ExchangeCodes.SigningFailed, "signing_failed", typeof(TokenTests), nameof(TokenTests.Run_TokenPulledUnderLoad_EveryRequestIsAnsweredOrRefusedByNameAndNothingHangs)),
        new("token pulled and put back", ExchangeCodes.SigningFailed, "key_token_missing", typeof(TokenWorldTests), nameof(TokenWorldTests.Ask_TokenPulledUnderLoadAndPutBack_SignsAgainWithoutAHand)),
        new("token's library dies under load", ExchangeCodes.SigningFailed, "Helpers()", typeof(TokenWorldTests), nameof(TokenWorldTests.Ask_HelperOfTheTokenDiesUnderLoad_NoExchangeIsRefused)),
        new("token's library hangs", ExchangeCodes.SigningTimeout, "-STOP", typeof(TokenWorldTests), nameof(TokenWorldTests.Sign_HelperHangs_IsEndedAndTheSignatureMadeByAnother)),
        new("token replaced by another of the same name", "key_key_pair", "key_key_pair", typeof(TokenWorldTests), nameof(TokenWorldTests.Sign_AnotherTokenOfTheSameName_SignsNothingInItsPlace)),
        new("token PIN file changed to a wrong PIN", "key_pin_wrong", "key_pin_wrong", typeof(TokenWorldTests), nameof(TokenWorldTests.Reload_PinFileChangedToAWrongPin_IsNamedAndTheOpenSessionSignsOn)),
    ];

    public static TheoryData<string> Faults => [.. Table.Select(row => row.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Row_EachFault_HasItsTestItsCodeAndItsRemedy(string fault)
    {
        var row = Table.Single(candidate => candidate.Fault == fault);

        var method = row.Test.GetMethod(row.Method, BindingFlags.Public | BindingFlags.Instance).ShouldNotBeNull();
        var runs = method.GetCustomAttribute<FactAttribute>().ShouldNotBeNull(row.Method); // A theory is a fact.
        runs.Skip.ShouldBeNull();
        if (row.Code.StartsWith("key_", StringComparison.Ordinal))
        {
            Enum.GetValues<KeyFaultCode>().Select(code => new KeyFault(code, "", "").CodeName).ShouldContain(row.Code);
        }
        else
        {
            RefusalTexts.Remedy(row.Code).ShouldNotBeNullOrWhiteSpace();
        }

        Sources(row.Test).ShouldContain(text => text.Contains(row.Detail, StringComparison.Ordinal), $"nothing beside {row.Test.Name} speaks of {row.Detail}");
    }

    [Theory]
    [InlineData("OCSP", "stale", "wrong responder", "wrong nonce", "tryLater", "revoked between two messages", "responder down for an hour")]
    [InlineData("CRL", "expired", "huge", "wrong issuer")]
    [InlineData("TSA", "down", "wrong digest", "wrong policy", "clock off")]
    [InlineData("certificate", "expired", "not yet valid", "wrong usage", "unknown critical extension", "weak key", "same name with another key")]
    [InlineData("key file", "wrong password", "wrong pair", "readable by others")]
    [InlineData("token", "PIN wrong", "PIN missing", "PIN blocked", "pulled under load")]
    public void Table_WhatTheIssueNames_IsAllThere(string of, params string[] faults) =>
        faults.Select(fault => $"{of} {fault}").Except(Table.Select(row => row.Fault), StringComparer.Ordinal).ShouldBeEmpty();

    /// <summary>The test's file and those in its folder, which hold its corpus.</summary>
    private static IEnumerable<string> Sources(Type test)
    {
        var file = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), test.Name + ".cs", SearchOption.AllDirectories)
            .Single(path => File.ReadAllText(path).Contains($"namespace {test.Namespace};", StringComparison.Ordinal));
        return Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.cs").Where(path => Path.GetFileName(path) != nameof(FaultTableTests) + ".cs").Select(File.ReadAllText);
    }

    private sealed record Row(string Fault, string Code, string Detail, Type Test, string Method);
}
