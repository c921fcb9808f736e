//! A tenant's access policy, in Cedar: who may ask, and who must countersign.
