use proptest::prelude::*;

use super::*;

#[test]
fn a_singletons_id_never_changes() {
    assert_eq!(
        CompanyId::the().to_string(),
        "a8b17deb-3765-5b00-b1fd-f0bc42df559e"
    );
    assert_eq!(
        CatalogueId::the().to_string(),
        "ab664724-8481-530c-8a57-8e3bd048e91d"
    );
    assert_eq!(
        TeamTreeId::the().to_string(),
        "922ea268-cef5-5c90-be03-eab435c626b7"
    );
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(number in any::<u128>()) {
        let lead = LeadId::new(Uuid::from_u128(number));
        prop_assert_eq!(lead.to_string().parse(), Ok(lead));
        prop_assert_eq!(LeadId::from_uuid(lead.as_uuid()), lead);
    }
}
